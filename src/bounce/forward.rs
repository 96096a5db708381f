//! A message that was passed on: the address that failed is not the one the sender wrote. Where no
//! field says so, the returned header does: whom the message was handed on for, and To.

use crate::mail::{SafeText, address};

use super::delivery::Delivery;
use super::original::Original;

/// Completes the only delivery by the address the sender wrote, where the returned message shows
/// another one than that which failed.
pub(super) fn trace(deliveries: &mut [Delivery], original: &Original, generator: Option<&str>) {
    // The header of a message to several shows whom one copy was for.
    let [delivery] = deliveries else { return };
    if delivery.original_recipient.is_some() {
        return;
    }
    let Some(failed) = &delivery.recipient else { return };
    let mut written = handed_on(original, failed);
    if written.is_none() {
        written = addressed_to(original, failed, generator);
    }
    delivery.original_recipient = written;
}

/// The address for which a host on the way took the message, if the failed one is in another
/// domain.
fn handed_on(original: &Original, failed: &str) -> Option<SafeText> {
    if original.recipients.iter().any(|to| to.eq_ignore_ascii_case(failed)) {
        return None;
    }
    let first = original.handed_on.first()?;
    if is_elsewhere(first, failed) { Some(first.clone()) } else { None }
}

/// The only address in To, if the host that reports is one of its domain.
fn addressed_to(original: &Original, failed: &str, generator: Option<&str>) -> Option<SafeText> {
    let ([to], Some(generator)) = (&original.recipients[..], generator) else { return None };
    let domain = address::domain(to);
    let host = generator.to_ascii_lowercase();
    let theirs = match host.strip_suffix(&domain) {
        Some(before) => before.is_empty() || before.ends_with('.'),
        None => false,
    };
    if theirs && !domain.is_empty() && is_elsewhere(to, failed) { Some(to.clone()) } else { None }
}

fn is_elsewhere(address: &str, failed: &str) -> bool {
    let (one, other) = (address::domain(address), address::domain(failed));
    !one.is_empty() && !other.is_empty() && one != other
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(original: &Original, failed: &str, generator: &str) -> Option<String> {
        let mut deliveries =
            [Delivery { recipient: Some(SafeText::new(failed)), ..Delivery::default() }];
        trace(&mut deliveries, original, Some(generator));
        deliveries[0].original_recipient.as_ref().map(ToString::to_string)
    }

    #[test]
    fn the_address_before_a_forward() {
        let original = Original {
            recipients: vec!["jan@elm.example".into()],
            handed_on: vec!["jan@elm.example".into(), "jan@fir.example".into()],
            ..Original::default()
        };
        let to_only = Original { handed_on: Vec::new(), ..original.clone() };
        let jan = Some("jan@elm.example".to_owned());
        assert_eq!(written(&original, "jan@fir.example", "mx.any.example"), jan);
        assert_eq!(written(&to_only, "jan@fir.example", "mx.elm.example"), jan);
        assert_eq!(written(&to_only, "jan@fir.example", "mx.birch.example"), None);
        assert_eq!(written(&original, "jan@elm.example", "mx.elm.example"), None);
        assert_eq!(written(&to_only, "other@elm.example", "mx.elm.example"), None);
    }
}
