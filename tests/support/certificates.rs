//! Certificates for tests, made by the openssl program in a temporary folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use native_tls::Identity;
use tempfile::TempDir;

/// The names of a server on this machine.
pub(crate) const HERE: &str = "DNS:localhost,IP:127.0.0.1";

/// A certificate authority of its own.
pub(crate) struct Authority {
    dir: TempDir,
}

/// A certificate and its key.
pub(crate) struct Issued {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl Issued {
    /// As a TLS server wants it.
    pub(crate) fn identity(&self) -> Identity {
        let read = |path: &Path| fs::read(path).expect("what openssl wrote");
        Identity::from_pkcs8(&read(&self.certificate), &read(&self.key)).expect("an identity")
    }
}

impl Authority {
    pub(crate) fn new() -> Self {
        let authority = Self { dir: TempDir::new().expect("a folder") };
        authority.self_signed("ca", "/CN=Test Authority", "basicConstraints=critical,CA:TRUE");
        fs::write(authority.path("index.txt"), "").expect("a file");
        authority
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The certificate to trust.
    pub(crate) fn file(&self) -> PathBuf {
        self.path("ca.pem")
    }

    fn openssl(&self, arguments: &[&str]) {
        let run = Command::new("openssl")
            .args(arguments)
            .current_dir(self.dir.path())
            .output()
            .expect("openssl runs");
        assert!(
            run.status.success(),
            "openssl {arguments:?}: {}",
            String::from_utf8_lossy(&run.stderr)
        );
    }

    fn key(&self, name: &str) {
        let out = format!("{name}.key");
        self.openssl(&[
            "genpkey",
            "-algorithm",
            "EC",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-out",
            &out,
        ]);
    }

    /// A certificate that nobody signed but itself.
    pub(crate) fn self_signed(&self, name: &str, subject: &str, extension: &str) -> Issued {
        self.key(name);
        let (key, out) = (format!("{name}.key"), format!("{name}.pem"));
        let request = [
            "req", "-x509", "-new", "-key", &key, "-subj", subject, "-addext", extension, "-days",
            "30",
        ];
        self.openssl(&[&request[..], &["-out", &out]].concat());
        Issued { certificate: self.path(&out), key: self.path(&key) }
    }

    /// A certificate for `names`, valid between two moments (`YYYYMMDDHHMMSSZ`).
    pub(crate) fn issue(&self, name: &str, names: &str, from: &str, until: &str) -> Issued {
        self.issue_to(name, "Test Server", Some(names), from, until)
    }

    /// The same, to a subject, with no further names where there are none.
    pub(crate) fn issue_to(
        &self,
        name: &str,
        subject: &str,
        names: Option<&str>,
        from: &str,
        until: &str,
    ) -> Issued {
        self.key(name);
        let [key, request, out, extensions, config] =
            ["key", "csr", "pem", "ext", "cnf"].map(|e| format!("{name}.{e}"));
        let subject = format!("/CN={subject}");
        self.openssl(&["req", "-new", "-key", &key, "-subj", &subject, "-out", &request]);
        let names = names.map(|names| format!("subjectAltName={names}\n")).unwrap_or_default();
        fs::write(self.path(&extensions), names).expect("a file");
        let settings = "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nrand_serial=yes\nnew_certs_dir=.\ndefault_md=sha256\n\
                        policy=p\nunique_subject=no\n[p]\ncommonName=supplied\n";
        fs::write(self.path(&config), settings).expect("a file");
        self.openssl(&[
            "ca",
            "-batch",
            "-notext",
            "-config",
            &config,
            "-cert",
            "ca.pem",
            "-keyfile",
            "ca.key",
            "-in",
            &request,
            "-extfile",
            &extensions,
            "-startdate",
            from,
            "-enddate",
            until,
            "-out",
            &out,
        ]);
        Issued { certificate: self.path(&out), key: self.path(&key) }
    }

    /// A certificate for this machine that is good for the rest of the century.
    pub(crate) fn good(&self) -> Issued {
        self.issue("good", HERE, "20200101000000Z", "20991231000000Z")
    }
}
