//! The words by which reports in many languages are read: what failed, which label names a
//! recipient, which an error, and which only says whom to ask. In the lists a bar stands between
//! two words; all are in lower case, many are stems.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::phrases::Phrases;

/// Words of a failure in English.
const FAILED: &str = "not be delivered|n't be delivered|not delivered|n't delivered|\
    not been delivered|n't been delivered|not yet been delivered|undeliver|unable to deliver|\
    not deliver|n't deliver|problem delivering|delivery problem|not known|recogni|not respond|\
    error delivering|trouble delivering|not be sent|n't be sent|failed|failure|bounced|reject|\
    refused|denied|blocked|delayed|returned to|not exist|n't exist|not found|n't found|no such|\
    unknown|is full|mailbox full|quota|exceed|disabled|not accept|n't accept|no longer|not reach|n't reach|\
    unreachable|not receive|n't receive|not listed|expired|invalid|inactive|suspended|\
    not permitted|not allowed";

/// Words of a failure in other languages.
const FAILED_ABROAD: [&str; 10] = [
    // German
    "nicht zugestellt|zustellbar|zustellung fehl|nicht ausgeliefert|nicht erreich|\
     existiert nicht|nicht gefunden|unbekannt|abgelehnt|abgewiesen|verweigert|zurückgewiesen|\
     fehlgeschlagen|überschritten|voll|verzögert|gesperrt|ungültig|fehler",
    // Polish
    "dostarczy|dostarczon|nie istnieje|nie znaleziono|nieznan|odrzuc|przepełnion|zapełnion|pełna|\
     niepowodz|opóźnion|zablokowan|nieprawidłow|błąd|odmów",
    // Italian
    "recapita|consegna|non esiste|inesistente|sconosciut|rifiutat|respint|bloccat|piena|\
     non trovat|impossibile|fallit|superat|errore",
    // French
    "non remis|pas pu être|n'a pu être|pas été remis|pas été délivré|pas été distribué|\
     non distribué|n'existe pas|inexistant|inconnu|refusé|rejeté|pleine|introuvable|échec|échoué|\
     impossible|dépassé|bloqué|erreur",
    // Dutch
    "niet worden bezorgd|niet bezorgd|niet afgeleverd|niet worden afgeleverd|bestelbaar|\
     bestaat niet|niet gevonden|onbekend|geweigerd|mislukt|vertraagd|geblokkeerd|ongeldig|\
     overschreden",
    // Norwegian, Danish, Swedish
    "ikke lever|inte lever|kunne ikke|kunde inte|kan ikke leveres|finnes ikke|findes ikke|\
     finns inte|ukjent|ukendt|okänd|avvist|afvist|avvisa|mislykt|mislyk|misslyck|forsinket|\
     försena|blokkert|olevererbar|feilet",
    // Spanish, Portuguese
    "no se pudo|no se ha podido|no pudo ser|no entregad|entregue|no existe|não existe|desconocid|\
     desconhecid|rechazad|rejeitad|recusad|llena|lleno|cheia|fallid|falló|falhou|falha|\
     não foi possível|não pôde|bloquead|inválid|excedid",
    // Czech, Slovak, Hungarian, Romanian, Finnish, Turkish
    "nepodařilo|nelze doručit|nedoruč|neexistuje|neznám|odmítnut|odmietnut|plná|doručiť|\
     nem sikerült|kézbesíthet|nem létezik|sikertelen|nu a putut|nu a fost livrat|nu există|\
     ei voitu|ei löydy|epäonnistu|edilemedi|iletilemedi|bulunamadı|reddedildi",
    // Russian, Ukrainian, Bulgarian, Greek
    "не удалось|не может быть|не доставлен|не был|не было доставлено|недоставлен|не вдалося|\
     не існує|не существует|неизвест|отклонен|переполнен|не найден|ошибка|απέτυχε|δεν υπάρχει|\
     δεν ήταν δυνατή",
    // Japanese, Chinese, Korean
    "できません|できない|届きません|届けられ|エラー|存在しません|見つかりません|拒否|失敗|容量|无法|無法|未能|失败|不存在|退信|退回|拒绝|拒絕|拒收|已满|已滿|되지 않|\
     할 수 없|실패|하지 않는|거부|반송|초과",
];

/// What stands in front of an address that can be asked, and of one that wrote.
const CONTACT: &str = "contact|write to|writing to|reply to|replying to|respond to|e-mail us|\
    email us|mail us|questions|assistance|for help|need help|support:|support at|help desk|\
    helpdesk|please send|please forward|report this|report it|reports to|reports go to|complain|\
    abuse|unsubscribe|subscribe|let us know|get in touch|reach us|whitelist|message-id|kontakt|\
    kontaktier|wenden|schreiben|rückfragen|fragen|antworten|napisz|prosimy o|pomoc|pytania|\
    contatt|scriver|scrivete|rivolg|assistenza|domande|contactez|écri|adressez-vous|vragen|\
    neem contact|stuur|spørsmål|frågor|skriv til|skriv till|contacte|póngase|escriba|dúvidas|\
    obraťte|napište|kontaktujte|обратитесь|обращайтесь|напишите|свяжитесь|联系|聯絡|連絡|問い合わせ|문의|연락";

/// Words in front of an address that wrote.
const FROM: &str = "from|by|von|vom|od|fra|från|van|от|da|dal|desde|via|mittels|через";

/// What labels of a recipient hold.
const RECIPIENT: &str = "recipient|addressee|failed address|target|rcpt|delivered to|deliver to|\
    delivery to|undeliver|empfänger|empfaenger|zieladresse|adressat|odbiorc|adresat|destinat|\
    ontvanger|geadresseerde|mottak|mottag|modtag|příjemc|príjemc|címzett|vastaanottaja|alıcı|\
    saaja|παραλήπτ|получател|одержувач|адресат|收件人|收件者|宛先|受信者|送信先|받는 사람|받는사람|수신";

/// Words of labels whose address is no recipient: who wrote, whom to ask, the name of the message.
const ANOTHER: &str = "from|sender|reply|return|path|id|cc|bcc|contact|support|help|admin|\
    postmaster|abuse|subject|date|sent|list|unsubscribe|http|https|mailto|via|by|von|absender|\
    betreff|kopie|od|nadawca|temat|dw|mittente|oggetto|da|de|expéditeur|objet|van|afzender|\
    onderwerp|fra|från|avsender|avsändare|afsender|emne|ämne|remitente|remetente|asunto|\
    odesílatel|předmět|assunto";

/// The same in scripts that set no blanks between words.
const ANOTHER_ABROAD: &str = "отправител|відправник|тема|发件人|寄件|发送者|主题|主題|差出人|送信者|件名|発信|보낸|보내는|\
    발신|제목|gönderen|lähettäjä";

/// What labels of an error or its cause hold.
const ERROR: &str = "reason|error|cause|diagnos|response|answer|explanation|problem|grund|fehler|\
    ursache|antwort|begründung|powód|przyczyna|błąd|odpowiedź|motivo|errore|causa|risposta|motif|\
    raison|erreur|réponse|reden|oorzaak|fout|årsak|årsag|orsak|feil|fejl|důvod|chyba|razão|\
    respuesta|причина|ошибк|原因|理由|エラー|이유|사유|오류|neden|virhe|dôvod|αιτία|syy";

/// The words of a list.
fn words(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split('|')
}

/// True for words of a failure in a language other than English.
#[must_use]
pub fn tells_failure_abroad(text: &str) -> bool {
    static WORDS: LazyLock<Phrases> =
        LazyLock::new(|| Phrases::new(FAILED_ABROAD.into_iter().flat_map(words)));
    WORDS.occur_in(text)
}

/// True for a sentence that tells of a failure, in any language.
#[must_use]
pub fn tells_failure(text: &str) -> bool {
    static WORDS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(words(FAILED)));
    WORDS.occur_in(text) || tells_failure_abroad(text)
}

/// True when the words in front of an address say that it can be asked, or that it wrote.
#[must_use]
pub fn asks_to_write(before: &str) -> bool {
    static WORDS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(words(CONTACT)));
    WORDS.occur_in(before)
}

/// True for the word in front of an address that says where a message came from.
#[must_use]
pub fn says_from(word: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| words(FROM).collect());
    let word = word.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase();
    WORDS.contains(word.as_str())
}

/// True for a label that names a recipient, in any language.
#[must_use]
pub fn names_recipient(label: &str) -> bool {
    static WORDS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(words(RECIPIENT)));
    WORDS.occur_in(&label.to_lowercase())
}

/// True for a label whose address is no recipient.
#[must_use]
pub fn names_another(label: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| words(ANOTHER).collect());
    static ABROAD: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(words(ANOTHER_ABROAD)));
    let label = label.to_lowercase();
    let mut own = label.split(|c: char| !c.is_alphanumeric());
    own.any(|word| WORDS.contains(word)) || ABROAD.occur_in(&label)
}

/// True for a label that names an error or its cause, in any language.
#[must_use]
pub fn names_error(label: &str) -> bool {
    static WORDS: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(words(ERROR)));
    WORDS.occur_in(&label.to_lowercase())
}

/// Where the first colon or equals sign stands.
fn separator(text: &str) -> Option<usize> {
    const WIDE: &str = "：";
    let wide = WIDE.as_bytes()[0];
    let mut found = memchr::memchr3_iter(b':', b'=', wide, text.as_bytes());
    found.find(|&at| text.as_bytes()[at] != wide || text[at..].starts_with(WIDE))
}

/// A line taken apart at its first colon: the label in front of it and the rest, where what stands
/// in front can be a label.
#[must_use]
pub fn split_label(text: &str) -> Option<(&str, &str)> {
    let (label, rest) = text.split_at(separator(text)?);
    let separator = rest.chars().next()?;
    let rest = rest[separator.len_utf8()..].trim_start();
    let fits = label.len() <= 60
        && label.starts_with(char::is_alphabetic)
        && !label.contains(['@', '<', '>', '\\', ',', ';'])
        && (!label.contains('/') || !label.replace(" / ", " ").contains('/'))
        && label.split_whitespace().count() <= 5
        && !rest.starts_with("//")
        && (separator != '=' || rest.starts_with('<') || names_recipient(label));
    if fits { Some((label.trim_end(), rest)) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_in_many_languages() {
        for line in ["收件人：a@b.example", "Příjemce: a@b.example", "to=<a@b.example>, x"] {
            let (label, rest) = split_label(line).expect("a label");
            assert!(rest.trim_start_matches('<').starts_with("a@b.example"), "{line}");
            assert!(!names_another(label), "{line}");
        }
        assert!(names_recipient("Odbiorca") && names_recipient("받는 사람"));
        assert!(names_another("Reply-To") && names_another("Message-ID"));
        assert!(
            names_error("退信原因") && names_error("reject reason") && !names_error("Kierunek")
        );
        assert_eq!(split_label("see https://b.example/x: a"), None);
    }

    #[test]
    fn who_can_be_asked_and_who_wrote() {
        assert!(asks_to_write("For further assistance, please contact "));
        assert!(asks_to_write("Bitte wenden Sie sich an "));
        assert!(!asks_to_write("There was a temporary problem delivering your message to "));
        assert!(says_from("from") && !says_from("to"));
    }
}
