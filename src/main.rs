//! The thin binary.
use deadletter::{bounce, diagnosis};
use std::io::Write;
fn main() {
    let out = std::io::stdout();
    let mut out = std::io::BufWriter::new(out.lock());
    let mut args: Vec<_> = std::env::args_os().skip(1).collect();
    let mut ours = diagnosis::Ours::default();
    if args[0] == "--config" {
        let t: toml::Table = toml::from_str(&std::fs::read_to_string(&args[1]).unwrap()).unwrap();
        ours = t["ours"].clone().try_into().unwrap();
        args.drain(..2);
    }
    for f in deadletter::source::files::list(&args.into_iter().map(Into::into).collect::<Vec<_>>()).unwrap() {
        let mut all = vec![];
        deadletter::source::mbox::each_message(&f.path, |m| {
            all.push(m.to_vec());
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
        let many = all.len() > 1;
        for (i, m) in all.iter().enumerate() {
            let b = bounce::read(m);
            let d = diagnosis::diagnose(&b, &diagnosis::matcher::STANDARD, &ours);
            let rec: Vec<_> = b.deliveries.iter().zip(&d.verdicts).map(|(d, v)| serde_json::json!({"address": d.recipient, "original_address": d.original_recipient, "action": d.action, "status": d.status, "reply_code": d.reply.map(|r| r.to_string()), "diagnostic": d.said.as_ref().map(|s| s.text.to_string()), "remote_mta": d.remote.as_ref().map(|r| r.label().to_string()), "phase": d.phase, "reason": v.reason, "owner": v.judgement.party, "confidence": v.judgement.confidence, "rule": v.rule_id(), "evidence": v.evidence, "ground": format!("{:?}", v.judgement.ground)})).collect();
            let j = serde_json::json!({"file": if many { format!("{}#{}", f.label, i + 1) } else { f.label.clone() }, "kind": b.kind, "dialect": b.dialect, "generating_server": b.generating_server, "backscatter": d.origin.verdict, "recipients": rec, "original": b.original, "hops": b.original.as_ref().map(|o| &o.chain.hops)});
            writeln!(out, "{j}").unwrap();
        }
    }
}
