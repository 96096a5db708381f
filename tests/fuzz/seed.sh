#!/bin/sh
# Makes the first inputs of every target out of the messages of this repository: tests/fuzz/seed.sh [folder]
# They are cheap to make and are not kept in the repository.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
out=${1:-"$root/tests/fuzz/corpus"}
for target in report line_ends mime hops date words imap; do mkdir -p "$out/$target"; done

number=0
find "$root/tests/corpus" -name '*.eml' -size -24k | sort | while read -r mail; do
    number=$((number + 1))
    cp "$mail" "$out/report/$number.eml"
    cp "$mail" "$out/line_ends/$number.eml"
    cp "$mail" "$out/mime/$number.eml"
    { grep -a -i -A 3 '^received:' "$mail" || true; } > "$out/hops/$number"
    { echo 'iso-8859-2'; grep -a -A 2 -e '=?' -e '@' -e '<td' "$mail" | head -c 600 || true; } > "$out/words/$number"
    { grep -a -i -h -o -E '(mon|tue|wed|thu|fri|sat|sun), [0-9].{10,30}$' "$mail" || true; } | head -n 1 > "$out/date/$number"
    if [ $((number % 20)) = 0 ]; then
        head -c 300 "$mail" > "$out/part"
        size=$(wc -c < "$out/part" | tr -d ' ')
        {
            printf '\007* %s FETCH (FLAGS (\\Seen) UID %s BODY[]<0> {%s}\r\n' "$number" "$number" "$size"
            cat "$out/part"
            printf ')\r\n* 7 EXISTS\r\nd1 OK done\r\n'
        } > "$out/imap/fetch-$number"
        rm "$out/part"
    fi
done
printf '\003a1 OK in\r\n* 7 EXISTS\r\n* FLAGS (\\Seen)\r\n* OK [UIDVALIDITY 3] x\r\na2 OK [READ-ONLY] x\r\n* LIST (\\Noselect) "/" {5}\r\nINBOX\r\na3 OK x\r\n' \
    > "$out/imap/session"
for mailbox in "$root"/assets/demo/*.mbox; do
    head -c 16000 "$mailbox" > "$out/report/demo-$(basename "$mailbox")"
done
find "$out" -type f -empty -delete
