# What the tests need of a Debian machine, and how it gets there. Sourced by tests/run.

# The package and what shows that it, or its like, is there.
missing_packages() {
    command -v cc > /dev/null || echo gcc
    command -v pkg-config > /dev/null || echo pkg-config
    pkg-config --exists openssl 2> /dev/null || echo libssl-dev
    command -v openssl > /dev/null || echo openssl
    command -v python3 > /dev/null || echo python3
    there /usr/sbin/dovecot /usr/local/sbin/dovecot || echo dovecot-core
    there /usr/lib/dovecot/imap /usr/libexec/dovecot/imap /usr/local/libexec/dovecot/imap || echo dovecot-imapd
    there "${DEADLETTER_POSTFIX-}/usr/sbin/postfix" || echo postfix
    there /usr/sbin/nsd /usr/local/sbin/nsd || echo nsd
}

# True when one of these files is there.
there() {
    local file
    for file in "$@"; do
        [ ! -e "$file" ] || return 0
    done
    return 1
}

# Which tests cannot run without these packages, by name.
left_out() {
    case $1 in
        *dovecot*) echo "  tests/network/imap_dovecot.rs: Dovecot is not installed" ;;
    esac
    case $1 in
        *nsd*) echo "  tests/network/checks: NSD is not installed" ;;
    esac
    case $1 in
        *dovecot* | *postfix*) echo "  tests/network/end_to_end.rs: Dovecot or Postfix is not installed" ;;
        *) [ -n "$(as_root)" ] || [ "$(id -u)" = 0 ] || echo "  tests/network/end_to_end.rs: Postfix runs only as root" ;;
    esac
}

# Says what is wrong with the Rust toolchain, if anything.
needs_toolchain() {
    if ! command -v cargo > /dev/null; then
        echo "tests/run: cargo is not installed; see https://rustup.rs, or: apt-get install rustup" >&2
        exit 1
    fi
    local part
    for part in fmt clippy; do
        cargo $part --version > /dev/null 2>&1 && continue
        echo "tests/run: cargo $part is missing; rustup component add ${part/#fmt/rustfmt}" >&2
        exit 1
    done
}

# True when licences, sources and duplicates of crates can be looked at.
has_deny() {
    cargo deny --version > /dev/null 2>&1
}

# True when the database of advisories is there.
has_advisories() {
    compgen -G "${CARGO_HOME:-$HOME/.cargo}/advisory-dbs/*/crates" > /dev/null
}

# Builds cargo-deny, once for all times: about four minutes of one processor.
install_deny() {
    cargo install --quiet --locked cargo-deny@^0.20
}

# The word in front of commands that need root: none for root itself, or sudo where it asks for nothing.
as_root() {
    [ "$(id -u)" = 0 ] || ! sudo -n true 2> /dev/null || echo sudo -n
}

# install_packages PACKAGE...: a machine keeps the mail system it has; Postfix is only unpacked beside another one.
install_packages() {
    if ! command -v apt-get > /dev/null; then
        echo "this is no Debian; install yourself, or use --no-install: $*" >&2
        return 1
    fi
    if [ "$(id -u)" != 0 ] && [ -z "$(as_root)" ]; then
        echo "needs root; run as root, or: sudo apt-get install $*; or use --no-install" >&2
        return 1
    fi
    apt update
    local package packages=()
    for package in "$@"; do
        if [ "$package" = postfix ] && other_mail_system; then
            unpack_postfix
        else
            packages+=("$package")
        fi
    done
    [ ${#packages[@]} = 0 ] || without_services apt install --no-install-recommends "${packages[@]}"
}

# apt ARGUMENT...: asks nothing, and waits for others that install.
apt() {
    $(as_root) env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=120 "$@" < /dev/null
}

# True when another package than Postfix is the mail system of this machine.
other_mail_system() {
    dpkg-query -W -f '${db:Status-Status} ${Package} ${Provides}\n' |
        awk '$1 == "installed" && $2 != "postfix" && /mail-transport-agent/ { found = 1 } END { exit !found }'
}

# Removes what was only unpacked.
clean_up() {
    [ -z "${unpacked-}" ] || rm -rf "$unpacked"
}

# Unpacks Postfix into a folder that is removed at the end; DEADLETTER_POSTFIX names it.
unpack_postfix() {
    unpacked=$(mktemp -d)
    chmod 755 "$unpacked"
    echo "this machine has another mail system: Postfix is only unpacked, into $unpacked"
    (cd "$unpacked" && apt-get -q download postfix && dpkg-deb -x postfix_*.deb .)
    # Its libraries harm no other mail system.
    local libraries
    libraries=$(dpkg-deb -f "$unpacked"/postfix_*.deb Depends | tr ',' '\n' | sed -n 's/^ *\(lib[^ (|]*\).*/\1/p')
    # shellcheck disable=SC2086 # one word a library
    apt install --no-install-recommends $libraries
    export DEADLETTER_POSTFIX=$unpacked
}

# without_services COMMAND...: runs it while the machine starts no service.
without_services() (
    policy=/usr/sbin/policy-rc.d
    root=$(as_root)
    put_back() {
        $root rm -f $policy
        [ ! -e $policy.deadletter ] || $root mv $policy.deadletter $policy
    }
    if $root test -e $policy; then
        $root mv $policy $policy.deadletter
    fi
    trap put_back EXIT
    trap 'exit 1' INT TERM HUP
    printf '#!/bin/sh\nexit 101\n' | $root tee $policy > /dev/null
    $root chmod 755 $policy
    # Postfix gets no configuration: a later start of the machine does not start it either.
    if command -v debconf-set-selections > /dev/null; then
        echo 'postfix postfix/main_mailer_type select No configuration' | $root debconf-set-selections
    fi
    "$@"
)
