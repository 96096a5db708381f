//! What helps against a failure: waiting, or something that can be done.

names! {
    /// Whether waiting helps.
    #[derive(Default)]
    pub enum Permanence {
        /// The server goes on trying, or a later message may get through.
        Temporary "temporary" "temporary",
        /// Sending the same again is useless until somebody acts.
        Permanent "permanent" "permanent",
        /// It ends after a time that nobody has to wait for actively.
        EndsByItself "ends_by_itself" "ends by itself",
        /// Nothing will ever make this message arrive.
        Never "never" "never",
        /// The reply alone does not say.
        #[default]
        Either "either" "not said",
    }
}

names! {
    /// Something that can be done about a failure.
    pub enum Remedy {
        /// Look whether we sent the message at all.
        CheckBackscatter "check_backscatter" "check whether we sent it",
        /// Look at the TLSA records of their MX.
        CheckDane "check_dane" "check DANE",
        /// Look at the DKIM key of the signing domain.
        CheckDkim "check_dkim" "check DKIM",
        /// Look at the DMARC policy of the From domain.
        CheckDmarc "check_dmarc" "check DMARC",
        /// Ask the blocklists about our addresses.
        CheckDnsbl "check_dnsbl" "check the blocklists",
        /// Compare the name in HELO with that of the sending address.
        CheckHelo "check_helo" "check the HELO name",
        /// Look at the MTA-STS policy of the domain.
        CheckMtaSts "check_mta_sts" "check MTA-STS",
        /// Look at the MX records of the domain.
        CheckMx "check_mx" "check the MX records",
        /// Try whether their server answers.
        CheckPort25 "check_port25" "check port 25",
        /// Look at the reverse DNS of the sending address.
        CheckPtr "check_ptr" "check reverse DNS",
        /// Look at the SPF record of the envelope sender's domain.
        CheckSpf "check_spf" "check SPF",
        /// Take the PowerShell commands for a public folder.
        CopyPowershellPublicfolder "copy_powershell_publicfolder" "copy the PowerShell commands",
        /// Walk through the decision tree of 5.7.1.
        Decision571 "decision_571" "walk through the 5.7.1 tree",
        /// Write to the administrators of the recipient's system.
        DraftRecipientAdmin "draft_recipient_admin" "write to their administrators",
        /// Tell the sender to ask the owner of the group.
        DraftSenderAskOwner "draft_sender_ask_owner" "tell the sender to ask the owner",
        /// Tell the sender that the address is wrong.
        DraftSenderFixAddress "draft_sender_fix_address" "tell the sender the address is wrong",
        /// Tell the sender that the mailbox is full.
        DraftSenderMailboxFull "draft_sender_mailbox_full" "tell the sender the mailbox is full",
        /// Tell the sender to send it again.
        DraftSenderResend "draft_sender_resend" "tell the sender to send it again",
        /// Tell the sender to write to fewer recipients at once.
        DraftSenderSplit "draft_sender_split" "tell the sender to split the recipients",
        /// Tell the sender that the message is too large.
        DraftSenderTooLarge "draft_sender_too_large" "tell the sender it is too large",
        /// Forward the report to the list's delisting address.
        ForwardDelist "forward_delist" "forward it for delisting",
        /// Hold back further mail for a while.
        Hold "hold" "hold further mail",
        /// Go through the steps for an account that was broken into.
        LockAccountChecklist "lock_account_checklist" "lock the account",
        /// Open the list's page for delisting.
        OpenDelistPortal "open_delist_portal" "open the delisting page",
        /// Open Outlook.com's form for senders.
        OpenOlcSupportForm "open_olc_support_form" "open the Outlook.com form",
        /// Look at the hops that repeat.
        ShowHopsLoop "show_hops_loop" "show the hops that repeat",
        /// Offer the address that was probably meant.
        SuggestAddress "suggest_address" "suggest an address",
        /// Offer the domain that was probably meant.
        SuggestDomain "suggest_domain" "suggest a domain",
        /// Send nothing more to this address.
        SuppressAddress "suppress_address" "send nothing more to the address",
        /// Let an account log in with SMTP AUTH.
        AllowSmtpAuth "allow_smtp_auth" "allow SMTP AUTH",
        /// Make a password for programs.
        AppPassword "app_password" "use an app password",
        /// Ask the hoster, who holds the address and its network.
        AskHoster "ask_hoster" "ask the hoster",
        /// Take links, words or files that a filter dislikes out of the message.
        ChangeContent "change_content" "change the content",
        /// Look whether the sender's domain and address exist and take mail.
        CheckSenderDomain "check_sender_domain" "check the sender's domain",
        /// Ask the lists of domains about ours.
        CheckDomainList "check_domain_list" "check the domain lists",
        /// Find what sends so much, or spam, from our address.
        FindSpamSource "find_spam_source" "find the source",
        /// Mend how our own server sorts local and remote domains.
        FixLocalRouting "fix_local_routing" "mend the local routing",
        /// Mend how the message is built.
        FixMessage "fix_message" "mend the message",
        /// Set the server up so that it logs in at the host it sends through.
        LogIn "log_in" "log in at the relay",
        /// Open the provider's form.
        OpenForm "open_form" "open the form",
        /// Raise a limit, or wait until it is counted anew.
        RaiseLimit "raise_limit" "raise the limit",
        /// Find the message in the log.
        ReadLog "read_log" "read the log",
        /// Read what the provider says of this answer.
        ReadPage "read_page" "read the provider's page",
        /// Take the address off the suppression list of our provider.
        RemoveSuppression "remove_suppression" "remove the suppression",
        /// Send it again later.
        RetryLater "retry_later" "try again later",
        /// Send less at a time.
        SlowDown "slow_down" "slow down",
        /// Rewrite the envelope sender of what is passed on (SRS), or sign it.
        UseSrs "use_srs" "rewrite forwarded mail",
        /// Send over IPv4 where there is no way over IPv6.
        UseIpv4 "use_ipv4" "send over IPv4",
        /// Encrypt the connection.
        UseTls "use_tls" "encrypt the connection",
        /// Have the provider verify the address or the domain we send from.
        VerifyIdentity "verify_identity" "verify the sender identity",
        /// Write to the provider.
        WriteProvider "write_provider" "write to the provider",
    }
}
