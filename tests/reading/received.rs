//! Received fields and chains of many mail systems, read and timed as `tests/vectors/received.toml`
//! says.

use deadletter::mail::date::Zone;
use deadletter::mail::hops::Flag;
use deadletter::mail::received::Received;
use deadletter::mail::{Chain, Hop, SafeText, Stamp};
use toml::{Table, Value};

fn vectors(key: &str) -> Vec<Table> {
    let file: Table =
        toml::from_str(include_str!("../vectors/received.toml")).expect("vectors are TOML");
    file[key]
        .as_array()
        .expect("an array of tables")
        .iter()
        .filter_map(|v| v.as_table().cloned())
        .collect()
}

fn unfold(raw: &str) -> String {
    raw.lines().map(str::trim).collect::<Vec<_>>().join(" ")
}

#[test]
fn every_field_is_taken_apart() {
    for v in vectors("field") {
        let name = v["name"].as_str().unwrap_or_default();
        let r = Received::read(&unfold(v["raw"].as_str().expect("raw")));
        let text = |s: &Option<SafeText>| s.as_ref().map(ToString::to_string);
        let found = [
            ("from", text(&r.from)),
            ("from_rdns", text(&r.rdns)),
            ("from_ip", r.ip.map(|ip| ip.to_string())),
            ("by", text(&r.by)),
            ("with", text(&r.with)),
            ("via", text(&r.via)),
            ("id", text(&r.id)),
            ("for", text(&r.for_)),
            ("tls", text(&r.tls)),
        ];
        for (key, found) in found {
            if let Some(expected) = v.get(key).and_then(Value::as_str) {
                assert_eq!(found.as_deref(), Some(expected), "{name}: {key}");
            }
        }
        if let Some(expected) = v.get("time").and_then(Value::as_float) {
            let seconds = r.time.unwrap_or_else(|| panic!("{name}: no time")).seconds();
            assert!((seconds - expected).abs() < 0.001, "{name}: {seconds} is not {expected}");
        }
        if v.get("time_unknown_zone").is_some() {
            assert!(
                matches!(r.time.map(|t| t.zone), Some(Zone::Guessed(_) | Zone::Unknown)),
                "{name}"
            );
        }
    }
}

#[test]
fn every_chain_is_timed() {
    for v in vectors("chain") {
        let name = v["name"].as_str().unwrap_or_default();
        let hop = |t: &Value| {
            let at = t.as_float().and_then(|s| {
                jiff::Timestamp::from_duration(jiff::SignedDuration::from_secs_f64(s)).ok()
            });
            Hop { time: at.map(|at| Stamp { at, zone: Zone::Known(0) }), ..Hop::default() }
        };
        let chain =
            Chain::timed(v["times"].as_array().expect("times").iter().rev().map(hop).collect(), 0);
        let delays: Vec<_> = chain.hops.iter().map(|h| h.delay).collect();
        let expected: Vec<_> =
            v["delays"].as_array().expect("delays").iter().map(Value::as_float).collect();
        assert_eq!(delays, expected, "{name}");
        assert_eq!(chain.total(), v["total"].as_float(), "{name}");
        for (hop, percent) in chain.hops.iter().zip(v["percent"].as_array().expect("percent")) {
            assert!(
                (hop.percent - percent.as_float().unwrap_or_default()).abs() < 0.001,
                "{name}: {}",
                hop.percent
            );
        }
        for flag in
            v.get("flags").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
        {
            let flags = &chain.hops[1].flags;
            let marked = if flag.contains("zone") {
                flags.contains(&Flag::Zone(18))
            } else {
                flags.contains(&Flag::Skew)
            };
            assert!(marked, "{name}: {flag}, but {flags:?}");
        }
    }
}
