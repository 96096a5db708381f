//! The thin binary.
use deadletter::bounce;
use std::io::Write;
fn main() {
    let out = std::io::stdout();
    let mut out = std::io::BufWriter::new(out.lock());
    for f in deadletter::source::files::list(&std::env::args_os().skip(1).map(Into::into).collect::<Vec<_>>()).unwrap()
    {
        let mut all = vec![];
        deadletter::source::mbox::each_message(&f.path, |m| {
            all.push(m.to_vec());
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
        let many = all.len() > 1;
        for (i, m) in all.iter().enumerate() {
            let b = bounce::read(m);
            let rec: Vec<_> = b.deliveries.iter().map(|d| serde_json::json!({"address": d.recipient, "original_address": d.original_recipient, "action": d.action, "status": d.status, "reply_code": d.reply.map(|r| r.to_string()), "diagnostic": d.said.as_ref().map(|s| s.text.to_string()), "remote_mta": d.remote.as_ref().map(|r| r.label().to_string()), "phase": d.phase})).collect();
            let j = serde_json::json!({"file": if many { format!("{}#{}", f.label, i + 1) } else { f.label.clone() }, "kind": b.kind, "dialect": b.dialect, "generating_server": b.generating_server, "recipients": rec, "original": b.original, "hops": b.original.as_ref().map(|o| &o.chain.hops)});
            writeln!(out, "{j}").unwrap();
        }
    }
}
