//! Certificates for tests, made by the openssl program in a temporary folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use native_tls::Identity;
use tempfile::TempDir;

/// The names of a server on this machine.
pub(crate) const HERE: &str = "DNS:localhost,IP:127.0.0.1";

/// Long before today and long after.
const CENTURY: [&str; 2] = ["20200101000000Z", "20991231000000Z"];

/// The key of everything that an authority issues.
const KEY: &str = "server.key";

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

    /// Its SHA-256 as openssl tells it: pairs of digits between colons.
    pub(crate) fn fingerprint(&self) -> String {
        let told = Command::new("openssl")
            .args(["x509", "-noout", "-sha256", "-fingerprint", "-in"])
            .arg(&self.certificate)
            .output()
            .expect("openssl runs");
        let told = String::from_utf8(told.stdout).expect("ASCII");
        told.trim().rsplit_once('=').expect("a fingerprint").1.to_owned()
    }
}

impl Authority {
    pub(crate) fn new() -> Self {
        Self::called("Test Authority")
    }

    /// An authority with this common name.
    pub(crate) fn called(name: &str) -> Self {
        let authority = Self { dir: TempDir::new().expect("a folder") };
        let subject = format!("/CN={name}");
        authority.self_signed("ca", &subject, "basicConstraints=critical,CA:TRUE");
        authority.key("server");
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
        let names = format!("subjectAltName={names}");
        self.issue_to(name, "/CN=Test Server", &names, [from, until])
    }

    /// A certificate with this subject and extension that is good for the rest of the century.
    pub(crate) fn issue_as(&self, name: &str, subject: &str, extension: &str) -> Issued {
        self.issue_to(name, subject, extension, CENTURY)
    }

    fn issue_to(
        &self,
        name: &str,
        subject: &str,
        extension: &str,
        [from, until]: [&str; 2],
    ) -> Issued {
        let [request, out, extensions, config] =
            ["csr", "pem", "ext", "cnf"].map(|e| format!("{name}.{e}"));
        self.openssl(&["req", "-new", "-key", KEY, "-subj", subject, "-out", &request]);
        fs::write(self.path(&extensions), format!("{extension}\n")).expect("a file");
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
        Issued { certificate: self.path(&out), key: self.path(KEY) }
    }

    /// A certificate for this machine that is good for the rest of the century.
    pub(crate) fn good(&self) -> Issued {
        self.issue("good", HERE, CENTURY[0], CENTURY[1])
    }
}
