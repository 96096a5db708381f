#!/bin/sh
# Two private Postfix instances for tests: loopback only, nothing outside DIR, gone when standard input closes.
#
#   postfix.sh DIR OUR_PORT THEIR_PORT MAILDIR
#
# "ours" (mail.birch.example) takes mail from this machine and brings what comes back to birch.example into MAILDIR.
# "theirs" (mx.cedar.example) is where cedar.example lives; it takes no mail at all, each address for another reason.
# dead.example has no server. Runs as root (or by sudo, where it asks for nothing); DEADLETTER_POSTFIX names a folder
# with an unpacked Postfix.
set -eu
prefix=${DEADLETTER_POSTFIX-}
[ "$(id -u)" = 0 ] || exec sudo -n env DEADLETTER_POSTFIX="$prefix" "$0" "$@"
dir=$1 our_port=$2 their_port=$3 maildir=$4
lib=$prefix/usr/lib/postfix
# The accounts of the package, or any that own nothing here.
owner=postfix group=postdrop
getent passwd $owner > /dev/null || owner=daemon
getent group $group > /dev/null || group=uucp
[ -z "$prefix" ] || export LD_LIBRARY_PATH="$lib"
chmod 755 "$dir"

# instance NAME ADDRESS PORT: reads the rest of its main.cf from standard input.
instance() {
    home=$dir/$1
    mkdir -p "$home/data" "$home/queue/pid"
    for queue in active bounce corrupt defer deferred flush hold incoming maildrop private public saved trace; do
        mkdir -m 700 "$home/queue/$queue"
        chown $owner "$home/queue/$queue"
    done
    chown $owner "$home/data"
    : > "$home/dynamicmaps.cf"
    {
        echo "$2:$3 inet n - n - - smtpd"
        echo "postlog unix-dgram n - n - 1 postlogd"
        echo "cleanup unix n - n - 0 cleanup"
        echo "qmgr unix n - n 300 1 qmgr"
        echo "rewrite unix - - n - - trivial-rewrite"
        for service in bounce defer trace; do echo "$service unix - - n - 0 bounce"; done
        for service in error retry; do echo "$service unix - - n - - error"; done
        for service in smtp proxymap; do echo "$service unix - - n - - $service"; done
        for service in anvil scache verify; do echo "$service unix - - n - 1 $service"; done
        echo "flush unix n - n - 0 flush"
        echo "virtual unix - n n - - virtual"
    } > "$home/master.cf"
    cat - > "$home/main.cf" <<CONF
compatibility_level = 3.6
queue_directory = $home/queue
data_directory = $home/data
meta_directory = $home
daemon_directory = $lib/sbin
command_directory = $prefix/usr/sbin
shlib_directory = $lib
import_environment = MAIL_CONFIG TZ=UTC LANG=C LD_LIBRARY_PATH=${LD_LIBRARY_PATH-}
mail_owner = $owner
setgid_group = $group
maillog_file = $home/log
maillog_file_prefixes = $dir
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
alias_maps =
local_recipient_maps =
disable_dns_lookups = yes
smtp_host_lookup = native
smtpd_peername_lookup = no
smtp_tls_security_level = none
smtpd_tls_security_level = none
smtpd_error_sleep_time = 0
in_flow_delay = 0
biff = no
notify_classes =
CONF
    cat >> "$home/main.cf"
    # A process group of its own: it ends with its children.
    setsid "$lib/sbin/master" -c "$home" -d < /dev/null > "$home/output" 2>&1 &
    masters="$masters $!"
}

end() {
    for master in $masters; do
        kill "$master" 2> /dev/null || true
    done
    wait
    # Whoever started this may not remove what belongs to others.
    rm -rf "$dir/ours" "$dir/theirs"
}
masters=
trap end EXIT
trap 'exit 1' INT TERM HUP

instance theirs 127.0.0.2 "$their_port" <<CONF
myhostname = mx.cedar.example
relay_domains = cedar.example
relay_recipient_maps = inline:{ full@cedar.example=x blocked@cedar.example=x big@cedar.example=x }
message_size_limit = 5000
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access inline:{
    { full@cedar.example = 552 5.2.2 <full@cedar.example>: Mailbox full, over quota }
    { blocked@cedar.example = 554 5.7.1 Service unavailable; Client host [127.0.0.1] blocked using bl.cedar.example } }
CONF

instance ours 127.0.0.1 "$our_port" <<CONF
myhostname = mail.birch.example
relay_domains = cedar.example, elm.example, dead.example
transport_maps = inline:{
    { cedar.example = smtp:[127.0.0.2]:$their_port }
    { elm.example = smtp:[127.0.0.2]:$their_port }
    { dead.example = smtp:[127.0.0.3]:1 } }
smtpd_relay_restrictions = permit_mynetworks, reject
smtp_bind_address = 127.0.0.1
# Whether the size is refused here or there is a matter of connections kept open.
smtp_discard_ehlo_keywords = size
virtual_mailbox_domains = birch.example
virtual_mailbox_base = $(dirname "$maildir")
virtual_mailbox_maps = inline:{ @birch.example=$(basename "$maildir")/ }
virtual_minimum_uid = 1
virtual_uid_maps = static:$(stat -c %u "$maildir")
virtual_gid_maps = static:$(stat -c %g "$maildir")
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
delay_warning_time = 1s
maximal_queue_lifetime = 8s
bounce_queue_lifetime = 8s
CONF

echo started
cat > /dev/null
