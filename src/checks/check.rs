//! What can be checked.

names! {
    /// What can be checked.
    pub enum Check {
        /// Whether the recipient's domain exists.
        Registered "registered" "domain",
        /// Who takes the mail of a domain.
        Mx "mx" "MX",
        /// Whether our address may send for a domain.
        Spf "spf" "SPF",
        /// The key of a signature.
        Dkim "dkim" "DKIM key",
        /// What a domain demands of mail in its name.
        Dmarc "dmarc" "DMARC",
        /// The name of our address.
        Ptr "ptr" "reverse DNS",
        /// The name our server greets with.
        Helo "helo" "HELO name",
        /// Whether a list names us.
        Dnsbl "dnsbl" "blocklist",
        /// Whether a domain demands encryption by MTA-STS (RFC 8461).
        MtaSts "mta_sts" "MTA-STS",
        /// Whether a host demands a certificate by DANE (RFC 7672).
        Tlsa "tlsa" "DANE",
        /// Whether their server answers.
        Port25 "port25" "port 25",
    }
}
