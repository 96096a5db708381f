#!/bin/sh
# A private Dovecot for tests: loopback only, nothing outside DIR, gone when its standard input closes.
#
#   dovecot.sh DIR IMAP_PORT IMAPS_PORT CERTIFICATE KEY
#
# DOVECOT_SETTINGS holds further settings. Serves user tester, password secret, whose Maildir is DIR/mail/Maildir. Works as root and as an ordinary user.
set -eu
me=
dir=$1 imap=$2 imaps=$3 certificate=$4 key=$5
PATH=$PATH:/usr/sbin:/usr/local/sbin
conf=$dir/dovecot.conf
mkdir -p "$dir/run" "$dir/state" "$dir/mail"

if [ "$(id -u)" = 0 ]; then
    # Dovecot refuses to read mail as root; the number needs no account behind it.
    uid=5000 gid=5000
    chmod 755 "$dir" "$dir/run"
    chown -R $uid:$gid "$dir/mail"
    chroot=
else
    uid=$(id -u) gid=$(id -g)
    chroot="chroot ="
    me=$(id -un) mine=$(id -gn)
fi

printf 'tester:{PLAIN}secret:%s:%s::%s::\n' "$uid" "$gid" "$dir/mail" > "$dir/users"
chmod 644 "$dir/users"
cat > "$conf" <<CONF
base_dir = $dir/run
state_dir = $dir/state
log_path = $dir/log
${me:+default_internal_user = $me}
${me:+default_internal_group = $mine}
${me:+default_login_user = $me}
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <$certificate
ssl_key = <$key
disable_plaintext_auth = no
auth_mechanisms = plain
auth_failure_delay = 0
mail_location = maildir:~/Maildir
mail_fsync = never
first_valid_uid = 1
passdb {
  driver = passwd-file
  args = $dir/users
}
userdb {
  driver = passwd-file
  args = $dir/users
}
namespace inbox {
  inbox = yes
  separator = /
}
service imap-login {
  $chroot
  inet_listener imap {
    port = $imap
  }
  inet_listener imaps {
    port = $imaps
    ssl = yes
  }
}
service anvil {
  $chroot
  # No penalty for tests that log in with a wrong password.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
CONF
printf '%s\n' "${DOVECOT_SETTINGS:-}" >> "$conf"

dovecot -F -c "$conf" < /dev/null &
pid=$!
trap 'kill $pid 2>/dev/null || true' EXIT
echo started
cat > /dev/null
kill $pid
wait $pid || true
trap - EXIT
