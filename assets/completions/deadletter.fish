# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_deadletter_global_optspecs
    string join \n config= read-only lang= theme= color= ascii= highlight= group= print-config h/help V/version
end

function __fish_deadletter_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_deadletter_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_deadletter_using_subcommand
    set -l cmd (__fish_deadletter_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c deadletter -n "__fish_deadletter_needs_command" -l config -d 'Read this configuration instead of the user\'s own' -r -F
complete -c deadletter -n "__fish_deadletter_needs_command" -l lang -d 'Language of the guidance' -r -f -a "en\t'English'
pl\t'Polish'
it\t'Italian'
nb\t'Norwegian (bokmål)'
nl\t'Dutch'"
complete -c deadletter -n "__fish_deadletter_needs_command" -l theme -d 'Colours of the screen' -r -f -a "default\t'The terminal\'s own foreground and background with its 16 colours'
light\t'For light backgrounds: no yellow, no bright colours'
dark\t'For dark backgrounds: bright colours'
color-blind\t'Colours that stay apart for colour-blind eyes: blue and orange (256 colours)'
mono\t'No colours; bold, reverse and underline only'"
complete -c deadletter -n "__fish_deadletter_needs_command" -l color -d 'Whether colours are used [default: auto]' -r -f -a "auto\t'Yes, unless `NO_COLOR` is set or the terminal has none'
always\t'Yes'
never\t'No'
16\t'Only the 16 of the terminal'"
complete -c deadletter -n "__fish_deadletter_needs_command" -l ascii -d 'Whether only ASCII characters are drawn [default: auto; alone: always]' -r -f -a "auto\t'When the locale is not UTF-8 or the terminal is a Linux console or a VT'
always\t'Always'
never\t'Never'"
complete -c deadletter -n "__fish_deadletter_needs_command" -l highlight -d 'How the row under the cursor is marked' -r -f -a "row\t'The whole row in reverse'
marker\t'A mark in front of it: fewer bytes over a slow line'"
complete -c deadletter -n "__fish_deadletter_needs_command" -l group -d 'What the rows of the list have in common when the screen opens' -r -f -a "incident\t'One row a cause'
reason\t'One row a reason'
domain\t'One row a domain of recipients'
host\t'One row a host that refused'
sender\t'One row an envelope sender'
address\t'One row an address of ours that was refused'
day\t'One row a day'
none\t'One row a delivery'"
complete -c deadletter -n "__fish_deadletter_needs_command" -l read-only -d 'Refuse everything that would write to a mailbox'
complete -c deadletter -n "__fish_deadletter_needs_command" -l print-config -d 'Print a commented configuration with every key'
complete -c deadletter -n "__fish_deadletter_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deadletter -n "__fish_deadletter_needs_command" -s V -l version -d 'Print version'
complete -c deadletter -n "__fish_deadletter_needs_command" -a "demo" -d 'Open the screen over the embedded demo mailbox: no network, nothing written'
complete -c deadletter -n "__fish_deadletter_needs_command" -a "explain" -d 'Explain bounces without the screen: as text for people, as JSON for programs'
complete -c deadletter -n "__fish_deadletter_needs_command" -a "list" -d 'List deliveries, or the causes behind them, without the screen: as a table, for spreadsheets, for programs'
complete -c deadletter -n "__fish_deadletter_needs_command" -a "report" -d 'Who has to act on what, in a page of Markdown for the mail in the morning'
complete -c deadletter -n "__fish_deadletter_needs_command" -a "verify" -d 'Ask the world whether what deliveries failed on is still broken: MX, SPF, DKIM, DMARC, reverse DNS, blocklists, MTA-STS, DANE. Nothing is asked by any other command'
complete -c deadletter -n "__fish_deadletter_needs_command" -a "sync" -d 'Bring what is kept of the configured mailboxes up to date, and stop: for cron'
complete -c deadletter -n "__fish_deadletter_needs_command" -a "mark" -d 'Mark messages of the configured mailboxes as taken, waiting, done, ignored or new, for all who work on them'
complete -c deadletter -n "__fish_deadletter_needs_command" -a "move" -d 'Move messages of the configured mailboxes into another folder, or into the trash'
complete -c deadletter -n "__fish_deadletter_needs_command" -a "undo" -d 'Take back what `mark` or `move` did: the last time, or the plan that is named'
complete -c deadletter -n "__fish_deadletter_needs_command" -a "resume" -d 'Go on with a `mark`, `move` or `undo` that was broken off'
complete -c deadletter -n "__fish_deadletter_needs_command" -a "watch" -d 'Keep what is kept up to date for as long as it runs, and tell what comes as lines of JSON: for other programs'
complete -c deadletter -n "__fish_deadletter_needs_command" -a "forget" -d 'Remove what is kept of mailboxes on this machine; the mailboxes themselves stay as they are'
complete -c deadletter -n "__fish_deadletter_needs_command" -a "check" -d 'Try an account step by step: connection, TLS, login, folders; say what is wrong and what to do'
complete -c deadletter -n "__fish_deadletter_needs_command" -a "rules" -d 'Rules of your own: what they recognise before they are used'
complete -c deadletter -n "__fish_deadletter_needs_command" -a "init" -d 'Set up an IMAP account: ask, try, show the file, write it'
complete -c deadletter -n "__fish_deadletter_needs_command" -a "completions" -d 'Print completions for a shell'
complete -c deadletter -n "__fish_deadletter_needs_command" -a "man" -d 'Print the man page'
complete -c deadletter -n "__fish_deadletter_needs_command" -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deadletter -n "__fish_deadletter_using_subcommand demo" -l config -d 'Read this configuration instead of the user\'s own' -r -F
complete -c deadletter -n "__fish_deadletter_using_subcommand demo" -l lang -d 'Language of the guidance' -r -f -a "en\t'English'
pl\t'Polish'
it\t'Italian'
nb\t'Norwegian (bokmål)'
nl\t'Dutch'"
complete -c deadletter -n "__fish_deadletter_using_subcommand demo" -l theme -d 'Colours of the screen' -r -f -a "default\t'The terminal\'s own foreground and background with its 16 colours'
light\t'For light backgrounds: no yellow, no bright colours'
dark\t'For dark backgrounds: bright colours'
color-blind\t'Colours that stay apart for colour-blind eyes: blue and orange (256 colours)'
mono\t'No colours; bold, reverse and underline only'"
complete -c deadletter -n "__fish_deadletter_using_subcommand demo" -l color -d 'Whether colours are used [default: auto]' -r -f -a "auto\t'Yes, unless `NO_COLOR` is set or the terminal has none'
always\t'Yes'
never\t'No'
16\t'Only the 16 of the terminal'"
complete -c deadletter -n "__fish_deadletter_using_subcommand demo" -l ascii -d 'Whether only ASCII characters are drawn [default: auto; alone: always]' -r -f -a "auto\t'When the locale is not UTF-8 or the terminal is a Linux console or a VT'
always\t'Always'
never\t'Never'"
complete -c deadletter -n "__fish_deadletter_using_subcommand demo" -l highlight -d 'How the row under the cursor is marked' -r -f -a "row\t'The whole row in reverse'
marker\t'A mark in front of it: fewer bytes over a slow line'"
complete -c deadletter -n "__fish_deadletter_using_subcommand demo" -l group -d 'What the rows of the list have in common when the screen opens' -r -f -a "incident\t'One row a cause'
reason\t'One row a reason'
domain\t'One row a domain of recipients'
host\t'One row a host that refused'
sender\t'One row an envelope sender'
address\t'One row an address of ours that was refused'
day\t'One row a day'
none\t'One row a delivery'"
complete -c deadletter -n "__fish_deadletter_using_subcommand demo" -l read-only -d 'Refuse everything that would write to a mailbox'
complete -c deadletter -n "__fish_deadletter_using_subcommand demo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deadletter -n "__fish_deadletter_using_subcommand explain" -l format -d 'How to write it: a page of text a message, one JSON array, or one JSON object a line' -r -f -a "text\t'A page of text a message'
json\t'One JSON array'
jsonl\t'One JSON object a line'"
complete -c deadletter -n "__fish_deadletter_using_subcommand explain" -l text -d 'Judge this answer of a server, or this line of a log of Postfix, Exim, Sendmail or qmail, instead of messages; - reads such lines from standard input' -r
complete -c deadletter -n "__fish_deadletter_using_subcommand explain" -l host -d 'The host that gave the answer' -r
complete -c deadletter -n "__fish_deadletter_using_subcommand explain" -l config -d 'Read this configuration instead of the user\'s own' -r -F
complete -c deadletter -n "__fish_deadletter_using_subcommand explain" -l lang -d 'Language of the guidance' -r -f -a "en\t'English'
pl\t'Polish'
it\t'Italian'
nb\t'Norwegian (bokmål)'
nl\t'Dutch'"
complete -c deadletter -n "__fish_deadletter_using_subcommand explain" -l theme -d 'Colours of the screen' -r -f -a "default\t'The terminal\'s own foreground and background with its 16 colours'
light\t'For light backgrounds: no yellow, no bright colours'
dark\t'For dark backgrounds: bright colours'
color-blind\t'Colours that stay apart for colour-blind eyes: blue and orange (256 colours)'
mono\t'No colours; bold, reverse and underline only'"
complete -c deadletter -n "__fish_deadletter_using_subcommand explain" -l color -d 'Whether colours are used [default: auto]' -r -f -a "auto\t'Yes, unless `NO_COLOR` is set or the terminal has none'
always\t'Yes'
never\t'No'
16\t'Only the 16 of the terminal'"
complete -c deadletter -n "__fish_deadletter_using_subcommand explain" -l ascii -d 'Whether only ASCII characters are drawn [default: auto; alone: always]' -r -f -a "auto\t'When the locale is not UTF-8 or the terminal is a Linux console or a VT'
always\t'Always'
never\t'Never'"
complete -c deadletter -n "__fish_deadletter_using_subcommand explain" -l highlight -d 'How the row under the cursor is marked' -r -f -a "row\t'The whole row in reverse'
marker\t'A mark in front of it: fewer bytes over a slow line'"
complete -c deadletter -n "__fish_deadletter_using_subcommand explain" -l group -d 'What the rows of the list have in common when the screen opens' -r -f -a "incident\t'One row a cause'
reason\t'One row a reason'
domain\t'One row a domain of recipients'
host\t'One row a host that refused'
sender\t'One row an envelope sender'
address\t'One row an address of ours that was refused'
day\t'One row a day'
none\t'One row a delivery'"
complete -c deadletter -n "__fish_deadletter_using_subcommand explain" -l read-only -d 'Refuse everything that would write to a mailbox'
complete -c deadletter -n "__fish_deadletter_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deadletter -n "__fish_deadletter_using_subcommand list" -l filter -d 'Only what passes: words, field:value, - | ( ) as behind / on the screen' -r
complete -c deadletter -n "__fish_deadletter_using_subcommand list" -l since -d 'Only what was reported since: 90m, 12h, 2d, 1w, 2026-11-29 or a full time' -r
complete -c deadletter -n "__fish_deadletter_using_subcommand list" -l sort -d 'What comes first; the newest, of incidents the largest, without it' -r -f -a "time\t'The newest'
count\t'The largest incident'
status\t'By status code'
reason\t'By reason'
who\t'By who must act'
domain\t'By the recipient\'s domain'
sender\t'By sender'
host\t'By the host that refused'"
complete -c deadletter -n "__fish_deadletter_using_subcommand list" -l format -d 'How to write it' -r -f -a "table\t'Columns for people'
csv\t'Comma-separated values; no cell is a formula'
jsonl\t'One JSON object a line'"
complete -c deadletter -n "__fish_deadletter_using_subcommand list" -l config -d 'Read this configuration instead of the user\'s own' -r -F
complete -c deadletter -n "__fish_deadletter_using_subcommand list" -l lang -d 'Language of the guidance' -r -f -a "en\t'English'
pl\t'Polish'
it\t'Italian'
nb\t'Norwegian (bokmål)'
nl\t'Dutch'"
complete -c deadletter -n "__fish_deadletter_using_subcommand list" -l theme -d 'Colours of the screen' -r -f -a "default\t'The terminal\'s own foreground and background with its 16 colours'
light\t'For light backgrounds: no yellow, no bright colours'
dark\t'For dark backgrounds: bright colours'
color-blind\t'Colours that stay apart for colour-blind eyes: blue and orange (256 colours)'
mono\t'No colours; bold, reverse and underline only'"
complete -c deadletter -n "__fish_deadletter_using_subcommand list" -l color -d 'Whether colours are used [default: auto]' -r -f -a "auto\t'Yes, unless `NO_COLOR` is set or the terminal has none'
always\t'Yes'
never\t'No'
16\t'Only the 16 of the terminal'"
complete -c deadletter -n "__fish_deadletter_using_subcommand list" -l ascii -d 'Whether only ASCII characters are drawn [default: auto; alone: always]' -r -f -a "auto\t'When the locale is not UTF-8 or the terminal is a Linux console or a VT'
always\t'Always'
never\t'Never'"
complete -c deadletter -n "__fish_deadletter_using_subcommand list" -l highlight -d 'How the row under the cursor is marked' -r -f -a "row\t'The whole row in reverse'
marker\t'A mark in front of it: fewer bytes over a slow line'"
complete -c deadletter -n "__fish_deadletter_using_subcommand list" -l group -d 'What the rows of the list have in common when the screen opens' -r -f -a "incident\t'One row a cause'
reason\t'One row a reason'
domain\t'One row a domain of recipients'
host\t'One row a host that refused'
sender\t'One row an envelope sender'
address\t'One row an address of ours that was refused'
day\t'One row a day'
none\t'One row a delivery'"
complete -c deadletter -n "__fish_deadletter_using_subcommand list" -l incidents -d 'Incidents: one line a cause, with how many deliveries failed on it'
complete -c deadletter -n "__fish_deadletter_using_subcommand list" -l read-only -d 'Refuse everything that would write to a mailbox'
complete -c deadletter -n "__fish_deadletter_using_subcommand list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deadletter -n "__fish_deadletter_using_subcommand report" -l since -d 'What began since then is new, what did not go on is over: 24h, 2d, 2026-11-29 or a full time' -r
complete -c deadletter -n "__fish_deadletter_using_subcommand report" -l config -d 'Read this configuration instead of the user\'s own' -r -F
complete -c deadletter -n "__fish_deadletter_using_subcommand report" -l lang -d 'Language of the guidance' -r -f -a "en\t'English'
pl\t'Polish'
it\t'Italian'
nb\t'Norwegian (bokmål)'
nl\t'Dutch'"
complete -c deadletter -n "__fish_deadletter_using_subcommand report" -l theme -d 'Colours of the screen' -r -f -a "default\t'The terminal\'s own foreground and background with its 16 colours'
light\t'For light backgrounds: no yellow, no bright colours'
dark\t'For dark backgrounds: bright colours'
color-blind\t'Colours that stay apart for colour-blind eyes: blue and orange (256 colours)'
mono\t'No colours; bold, reverse and underline only'"
complete -c deadletter -n "__fish_deadletter_using_subcommand report" -l color -d 'Whether colours are used [default: auto]' -r -f -a "auto\t'Yes, unless `NO_COLOR` is set or the terminal has none'
always\t'Yes'
never\t'No'
16\t'Only the 16 of the terminal'"
complete -c deadletter -n "__fish_deadletter_using_subcommand report" -l ascii -d 'Whether only ASCII characters are drawn [default: auto; alone: always]' -r -f -a "auto\t'When the locale is not UTF-8 or the terminal is a Linux console or a VT'
always\t'Always'
never\t'Never'"
complete -c deadletter -n "__fish_deadletter_using_subcommand report" -l highlight -d 'How the row under the cursor is marked' -r -f -a "row\t'The whole row in reverse'
marker\t'A mark in front of it: fewer bytes over a slow line'"
complete -c deadletter -n "__fish_deadletter_using_subcommand report" -l group -d 'What the rows of the list have in common when the screen opens' -r -f -a "incident\t'One row a cause'
reason\t'One row a reason'
domain\t'One row a domain of recipients'
host\t'One row a host that refused'
sender\t'One row an envelope sender'
address\t'One row an address of ours that was refused'
day\t'One row a day'
none\t'One row a delivery'"
complete -c deadletter -n "__fish_deadletter_using_subcommand report" -l read-only -d 'Refuse everything that would write to a mailbox'
complete -c deadletter -n "__fish_deadletter_using_subcommand report" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deadletter -n "__fish_deadletter_using_subcommand verify" -l filter -d 'Only what passes: words, field:value, - | ( ) as behind / on the screen' -r
complete -c deadletter -n "__fish_deadletter_using_subcommand verify" -l since -d 'Only what was reported since: 90m, 12h, 2d, 1w, 2026-11-29 or a full time' -r
complete -c deadletter -n "__fish_deadletter_using_subcommand verify" -l format -d 'How to write it' -r -f -a "text\t'A page for people'
json\t'One JSON array, an object a finding'"
complete -c deadletter -n "__fish_deadletter_using_subcommand verify" -l config -d 'Read this configuration instead of the user\'s own' -r -F
complete -c deadletter -n "__fish_deadletter_using_subcommand verify" -l lang -d 'Language of the guidance' -r -f -a "en\t'English'
pl\t'Polish'
it\t'Italian'
nb\t'Norwegian (bokmål)'
nl\t'Dutch'"
complete -c deadletter -n "__fish_deadletter_using_subcommand verify" -l theme -d 'Colours of the screen' -r -f -a "default\t'The terminal\'s own foreground and background with its 16 colours'
light\t'For light backgrounds: no yellow, no bright colours'
dark\t'For dark backgrounds: bright colours'
color-blind\t'Colours that stay apart for colour-blind eyes: blue and orange (256 colours)'
mono\t'No colours; bold, reverse and underline only'"
complete -c deadletter -n "__fish_deadletter_using_subcommand verify" -l color -d 'Whether colours are used [default: auto]' -r -f -a "auto\t'Yes, unless `NO_COLOR` is set or the terminal has none'
always\t'Yes'
never\t'No'
16\t'Only the 16 of the terminal'"
complete -c deadletter -n "__fish_deadletter_using_subcommand verify" -l ascii -d 'Whether only ASCII characters are drawn [default: auto; alone: always]' -r -f -a "auto\t'When the locale is not UTF-8 or the terminal is a Linux console or a VT'
always\t'Always'
never\t'Never'"
complete -c deadletter -n "__fish_deadletter_using_subcommand verify" -l highlight -d 'How the row under the cursor is marked' -r -f -a "row\t'The whole row in reverse'
marker\t'A mark in front of it: fewer bytes over a slow line'"
complete -c deadletter -n "__fish_deadletter_using_subcommand verify" -l group -d 'What the rows of the list have in common when the screen opens' -r -f -a "incident\t'One row a cause'
reason\t'One row a reason'
domain\t'One row a domain of recipients'
host\t'One row a host that refused'
sender\t'One row an envelope sender'
address\t'One row an address of ours that was refused'
day\t'One row a day'
none\t'One row a delivery'"
complete -c deadletter -n "__fish_deadletter_using_subcommand verify" -l offline -d 'Ask nobody: show what was found before, and what there is to ask'
complete -c deadletter -n "__fish_deadletter_using_subcommand verify" -l read-only -d 'Refuse everything that would write to a mailbox'
complete -c deadletter -n "__fish_deadletter_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deadletter -n "__fish_deadletter_using_subcommand sync" -l account -d 'Which account, where there are several; all without it' -r
complete -c deadletter -n "__fish_deadletter_using_subcommand sync" -l format -d 'How to say what came' -r -f -a "text\t'A line a mailbox for people'
json\t'A JSON object a mailbox'"
complete -c deadletter -n "__fish_deadletter_using_subcommand sync" -l config -d 'Read this configuration instead of the user\'s own' -r -F
complete -c deadletter -n "__fish_deadletter_using_subcommand sync" -l lang -d 'Language of the guidance' -r -f -a "en\t'English'
pl\t'Polish'
it\t'Italian'
nb\t'Norwegian (bokmål)'
nl\t'Dutch'"
complete -c deadletter -n "__fish_deadletter_using_subcommand sync" -l theme -d 'Colours of the screen' -r -f -a "default\t'The terminal\'s own foreground and background with its 16 colours'
light\t'For light backgrounds: no yellow, no bright colours'
dark\t'For dark backgrounds: bright colours'
color-blind\t'Colours that stay apart for colour-blind eyes: blue and orange (256 colours)'
mono\t'No colours; bold, reverse and underline only'"
complete -c deadletter -n "__fish_deadletter_using_subcommand sync" -l color -d 'Whether colours are used [default: auto]' -r -f -a "auto\t'Yes, unless `NO_COLOR` is set or the terminal has none'
always\t'Yes'
never\t'No'
16\t'Only the 16 of the terminal'"
complete -c deadletter -n "__fish_deadletter_using_subcommand sync" -l ascii -d 'Whether only ASCII characters are drawn [default: auto; alone: always]' -r -f -a "auto\t'When the locale is not UTF-8 or the terminal is a Linux console or a VT'
always\t'Always'
never\t'Never'"
complete -c deadletter -n "__fish_deadletter_using_subcommand sync" -l highlight -d 'How the row under the cursor is marked' -r -f -a "row\t'The whole row in reverse'
marker\t'A mark in front of it: fewer bytes over a slow line'"
complete -c deadletter -n "__fish_deadletter_using_subcommand sync" -l group -d 'What the rows of the list have in common when the screen opens' -r -f -a "incident\t'One row a cause'
reason\t'One row a reason'
domain\t'One row a domain of recipients'
host\t'One row a host that refused'
sender\t'One row an envelope sender'
address\t'One row an address of ours that was refused'
day\t'One row a day'
none\t'One row a delivery'"
complete -c deadletter -n "__fish_deadletter_using_subcommand sync" -l read-only -d 'Refuse everything that would write to a mailbox'
complete -c deadletter -n "__fish_deadletter_using_subcommand sync" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deadletter -n "__fish_deadletter_using_subcommand mark" -l filter -d 'Messages with a delivery that passes: words, field:value, - | ( ) as behind / on the screen' -r
complete -c deadletter -n "__fish_deadletter_using_subcommand mark" -l id -d 'Messages by the Message-ID of the report, by incident, or by "ACCOUNT FOLDER#UID", as `list` names them' -r
complete -c deadletter -n "__fish_deadletter_using_subcommand mark" -l account -d 'Which account, where there are several; all without it' -r
complete -c deadletter -n "__fish_deadletter_using_subcommand mark" -l yes -d 'Do it without asking; for more than 50 messages only with their number' -r
complete -c deadletter -n "__fish_deadletter_using_subcommand mark" -l format -d 'How to say it' -r -f -a "text\t'Sentences for people'
json\t'A JSON object'"
complete -c deadletter -n "__fish_deadletter_using_subcommand mark" -l config -d 'Read this configuration instead of the user\'s own' -r -F
complete -c deadletter -n "__fish_deadletter_using_subcommand mark" -l lang -d 'Language of the guidance' -r -f -a "en\t'English'
pl\t'Polish'
it\t'Italian'
nb\t'Norwegian (bokmål)'
nl\t'Dutch'"
complete -c deadletter -n "__fish_deadletter_using_subcommand mark" -l theme -d 'Colours of the screen' -r -f -a "default\t'The terminal\'s own foreground and background with its 16 colours'
light\t'For light backgrounds: no yellow, no bright colours'
dark\t'For dark backgrounds: bright colours'
color-blind\t'Colours that stay apart for colour-blind eyes: blue and orange (256 colours)'
mono\t'No colours; bold, reverse and underline only'"
complete -c deadletter -n "__fish_deadletter_using_subcommand mark" -l color -d 'Whether colours are used [default: auto]' -r -f -a "auto\t'Yes, unless `NO_COLOR` is set or the terminal has none'
always\t'Yes'
never\t'No'
16\t'Only the 16 of the terminal'"
complete -c deadletter -n "__fish_deadletter_using_subcommand mark" -l ascii -d 'Whether only ASCII characters are drawn [default: auto; alone: always]' -r -f -a "auto\t'When the locale is not UTF-8 or the terminal is a Linux console or a VT'
always\t'Always'
never\t'Never'"
complete -c deadletter -n "__fish_deadletter_using_subcommand mark" -l highlight -d 'How the row under the cursor is marked' -r -f -a "row\t'The whole row in reverse'
marker\t'A mark in front of it: fewer bytes over a slow line'"
complete -c deadletter -n "__fish_deadletter_using_subcommand mark" -l group -d 'What the rows of the list have in common when the screen opens' -r -f -a "incident\t'One row a cause'
reason\t'One row a reason'
domain\t'One row a domain of recipients'
host\t'One row a host that refused'
sender\t'One row an envelope sender'
address\t'One row an address of ours that was refused'
day\t'One row a day'
none\t'One row a delivery'"
complete -c deadletter -n "__fish_deadletter_using_subcommand mark" -l all -d 'All messages'
complete -c deadletter -n "__fish_deadletter_using_subcommand mark" -l dry-run -d 'Show what would be done, and change nothing'
complete -c deadletter -n "__fish_deadletter_using_subcommand mark" -l read-only -d 'Refuse everything that would write to a mailbox'
complete -c deadletter -n "__fish_deadletter_using_subcommand mark" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deadletter -n "__fish_deadletter_using_subcommand move" -l filter -d 'Messages with a delivery that passes: words, field:value, - | ( ) as behind / on the screen' -r
complete -c deadletter -n "__fish_deadletter_using_subcommand move" -l id -d 'Messages by the Message-ID of the report, by incident, or by "ACCOUNT FOLDER#UID", as `list` names them' -r
complete -c deadletter -n "__fish_deadletter_using_subcommand move" -l account -d 'Which account, where there are several; all without it' -r
complete -c deadletter -n "__fish_deadletter_using_subcommand move" -l yes -d 'Do it without asking; for more than 50 messages only with their number' -r
complete -c deadletter -n "__fish_deadletter_using_subcommand move" -l format -d 'How to say it' -r -f -a "text\t'Sentences for people'
json\t'A JSON object'"
complete -c deadletter -n "__fish_deadletter_using_subcommand move" -l config -d 'Read this configuration instead of the user\'s own' -r -F
complete -c deadletter -n "__fish_deadletter_using_subcommand move" -l lang -d 'Language of the guidance' -r -f -a "en\t'English'
pl\t'Polish'
it\t'Italian'
nb\t'Norwegian (bokmål)'
nl\t'Dutch'"
complete -c deadletter -n "__fish_deadletter_using_subcommand move" -l theme -d 'Colours of the screen' -r -f -a "default\t'The terminal\'s own foreground and background with its 16 colours'
light\t'For light backgrounds: no yellow, no bright colours'
dark\t'For dark backgrounds: bright colours'
color-blind\t'Colours that stay apart for colour-blind eyes: blue and orange (256 colours)'
mono\t'No colours; bold, reverse and underline only'"
complete -c deadletter -n "__fish_deadletter_using_subcommand move" -l color -d 'Whether colours are used [default: auto]' -r -f -a "auto\t'Yes, unless `NO_COLOR` is set or the terminal has none'
always\t'Yes'
never\t'No'
16\t'Only the 16 of the terminal'"
complete -c deadletter -n "__fish_deadletter_using_subcommand move" -l ascii -d 'Whether only ASCII characters are drawn [default: auto; alone: always]' -r -f -a "auto\t'When the locale is not UTF-8 or the terminal is a Linux console or a VT'
always\t'Always'
never\t'Never'"
complete -c deadletter -n "__fish_deadletter_using_subcommand move" -l highlight -d 'How the row under the cursor is marked' -r -f -a "row\t'The whole row in reverse'
marker\t'A mark in front of it: fewer bytes over a slow line'"
complete -c deadletter -n "__fish_deadletter_using_subcommand move" -l group -d 'What the rows of the list have in common when the screen opens' -r -f -a "incident\t'One row a cause'
reason\t'One row a reason'
domain\t'One row a domain of recipients'
host\t'One row a host that refused'
sender\t'One row an envelope sender'
address\t'One row an address of ours that was refused'
day\t'One row a day'
none\t'One row a delivery'"
complete -c deadletter -n "__fish_deadletter_using_subcommand move" -l trash -d 'Into the folder for what is deleted: the one that is set, else the one the server names'
complete -c deadletter -n "__fish_deadletter_using_subcommand move" -l create -d 'Make the folder where it is missing'
complete -c deadletter -n "__fish_deadletter_using_subcommand move" -l all -d 'All messages'
complete -c deadletter -n "__fish_deadletter_using_subcommand move" -l dry-run -d 'Show what would be done, and change nothing'
complete -c deadletter -n "__fish_deadletter_using_subcommand move" -l read-only -d 'Refuse everything that would write to a mailbox'
complete -c deadletter -n "__fish_deadletter_using_subcommand move" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deadletter -n "__fish_deadletter_using_subcommand undo" -l yes -d 'Do it without asking; for more than 50 messages only with their number' -r
complete -c deadletter -n "__fish_deadletter_using_subcommand undo" -l format -d 'How to say it' -r -f -a "text\t'Sentences for people'
json\t'A JSON object'"
complete -c deadletter -n "__fish_deadletter_using_subcommand undo" -l config -d 'Read this configuration instead of the user\'s own' -r -F
complete -c deadletter -n "__fish_deadletter_using_subcommand undo" -l lang -d 'Language of the guidance' -r -f -a "en\t'English'
pl\t'Polish'
it\t'Italian'
nb\t'Norwegian (bokmål)'
nl\t'Dutch'"
complete -c deadletter -n "__fish_deadletter_using_subcommand undo" -l theme -d 'Colours of the screen' -r -f -a "default\t'The terminal\'s own foreground and background with its 16 colours'
light\t'For light backgrounds: no yellow, no bright colours'
dark\t'For dark backgrounds: bright colours'
color-blind\t'Colours that stay apart for colour-blind eyes: blue and orange (256 colours)'
mono\t'No colours; bold, reverse and underline only'"
complete -c deadletter -n "__fish_deadletter_using_subcommand undo" -l color -d 'Whether colours are used [default: auto]' -r -f -a "auto\t'Yes, unless `NO_COLOR` is set or the terminal has none'
always\t'Yes'
never\t'No'
16\t'Only the 16 of the terminal'"
complete -c deadletter -n "__fish_deadletter_using_subcommand undo" -l ascii -d 'Whether only ASCII characters are drawn [default: auto; alone: always]' -r -f -a "auto\t'When the locale is not UTF-8 or the terminal is a Linux console or a VT'
always\t'Always'
never\t'Never'"
complete -c deadletter -n "__fish_deadletter_using_subcommand undo" -l highlight -d 'How the row under the cursor is marked' -r -f -a "row\t'The whole row in reverse'
marker\t'A mark in front of it: fewer bytes over a slow line'"
complete -c deadletter -n "__fish_deadletter_using_subcommand undo" -l group -d 'What the rows of the list have in common when the screen opens' -r -f -a "incident\t'One row a cause'
reason\t'One row a reason'
domain\t'One row a domain of recipients'
host\t'One row a host that refused'
sender\t'One row an envelope sender'
address\t'One row an address of ours that was refused'
day\t'One row a day'
none\t'One row a delivery'"
complete -c deadletter -n "__fish_deadletter_using_subcommand undo" -l list -d 'List the plans, the newest first'
complete -c deadletter -n "__fish_deadletter_using_subcommand undo" -l dry-run -d 'Show what would be done, and change nothing'
complete -c deadletter -n "__fish_deadletter_using_subcommand undo" -l read-only -d 'Refuse everything that would write to a mailbox'
complete -c deadletter -n "__fish_deadletter_using_subcommand undo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deadletter -n "__fish_deadletter_using_subcommand resume" -l format -d 'How to say it' -r -f -a "text\t'Sentences for people'
json\t'A JSON object'"
complete -c deadletter -n "__fish_deadletter_using_subcommand resume" -l config -d 'Read this configuration instead of the user\'s own' -r -F
complete -c deadletter -n "__fish_deadletter_using_subcommand resume" -l lang -d 'Language of the guidance' -r -f -a "en\t'English'
pl\t'Polish'
it\t'Italian'
nb\t'Norwegian (bokmål)'
nl\t'Dutch'"
complete -c deadletter -n "__fish_deadletter_using_subcommand resume" -l theme -d 'Colours of the screen' -r -f -a "default\t'The terminal\'s own foreground and background with its 16 colours'
light\t'For light backgrounds: no yellow, no bright colours'
dark\t'For dark backgrounds: bright colours'
color-blind\t'Colours that stay apart for colour-blind eyes: blue and orange (256 colours)'
mono\t'No colours; bold, reverse and underline only'"
complete -c deadletter -n "__fish_deadletter_using_subcommand resume" -l color -d 'Whether colours are used [default: auto]' -r -f -a "auto\t'Yes, unless `NO_COLOR` is set or the terminal has none'
always\t'Yes'
never\t'No'
16\t'Only the 16 of the terminal'"
complete -c deadletter -n "__fish_deadletter_using_subcommand resume" -l ascii -d 'Whether only ASCII characters are drawn [default: auto; alone: always]' -r -f -a "auto\t'When the locale is not UTF-8 or the terminal is a Linux console or a VT'
always\t'Always'
never\t'Never'"
complete -c deadletter -n "__fish_deadletter_using_subcommand resume" -l highlight -d 'How the row under the cursor is marked' -r -f -a "row\t'The whole row in reverse'
marker\t'A mark in front of it: fewer bytes over a slow line'"
complete -c deadletter -n "__fish_deadletter_using_subcommand resume" -l group -d 'What the rows of the list have in common when the screen opens' -r -f -a "incident\t'One row a cause'
reason\t'One row a reason'
domain\t'One row a domain of recipients'
host\t'One row a host that refused'
sender\t'One row an envelope sender'
address\t'One row an address of ours that was refused'
day\t'One row a day'
none\t'One row a delivery'"
complete -c deadletter -n "__fish_deadletter_using_subcommand resume" -l read-only -d 'Refuse everything that would write to a mailbox'
complete -c deadletter -n "__fish_deadletter_using_subcommand resume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deadletter -n "__fish_deadletter_using_subcommand watch" -l format -d 'How to say what happens' -r -f -a "jsonl\t'A JSON object an event'"
complete -c deadletter -n "__fish_deadletter_using_subcommand watch" -l config -d 'Read this configuration instead of the user\'s own' -r -F
complete -c deadletter -n "__fish_deadletter_using_subcommand watch" -l lang -d 'Language of the guidance' -r -f -a "en\t'English'
pl\t'Polish'
it\t'Italian'
nb\t'Norwegian (bokmål)'
nl\t'Dutch'"
complete -c deadletter -n "__fish_deadletter_using_subcommand watch" -l theme -d 'Colours of the screen' -r -f -a "default\t'The terminal\'s own foreground and background with its 16 colours'
light\t'For light backgrounds: no yellow, no bright colours'
dark\t'For dark backgrounds: bright colours'
color-blind\t'Colours that stay apart for colour-blind eyes: blue and orange (256 colours)'
mono\t'No colours; bold, reverse and underline only'"
complete -c deadletter -n "__fish_deadletter_using_subcommand watch" -l color -d 'Whether colours are used [default: auto]' -r -f -a "auto\t'Yes, unless `NO_COLOR` is set or the terminal has none'
always\t'Yes'
never\t'No'
16\t'Only the 16 of the terminal'"
complete -c deadletter -n "__fish_deadletter_using_subcommand watch" -l ascii -d 'Whether only ASCII characters are drawn [default: auto; alone: always]' -r -f -a "auto\t'When the locale is not UTF-8 or the terminal is a Linux console or a VT'
always\t'Always'
never\t'Never'"
complete -c deadletter -n "__fish_deadletter_using_subcommand watch" -l highlight -d 'How the row under the cursor is marked' -r -f -a "row\t'The whole row in reverse'
marker\t'A mark in front of it: fewer bytes over a slow line'"
complete -c deadletter -n "__fish_deadletter_using_subcommand watch" -l group -d 'What the rows of the list have in common when the screen opens' -r -f -a "incident\t'One row a cause'
reason\t'One row a reason'
domain\t'One row a domain of recipients'
host\t'One row a host that refused'
sender\t'One row an envelope sender'
address\t'One row an address of ours that was refused'
day\t'One row a day'
none\t'One row a delivery'"
complete -c deadletter -n "__fish_deadletter_using_subcommand watch" -l read-only -d 'Refuse everything that would write to a mailbox'
complete -c deadletter -n "__fish_deadletter_using_subcommand watch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deadletter -n "__fish_deadletter_using_subcommand forget" -l account -d 'Which account, where there are several; all without it' -r
complete -c deadletter -n "__fish_deadletter_using_subcommand forget" -l config -d 'Read this configuration instead of the user\'s own' -r -F
complete -c deadletter -n "__fish_deadletter_using_subcommand forget" -l lang -d 'Language of the guidance' -r -f -a "en\t'English'
pl\t'Polish'
it\t'Italian'
nb\t'Norwegian (bokmål)'
nl\t'Dutch'"
complete -c deadletter -n "__fish_deadletter_using_subcommand forget" -l theme -d 'Colours of the screen' -r -f -a "default\t'The terminal\'s own foreground and background with its 16 colours'
light\t'For light backgrounds: no yellow, no bright colours'
dark\t'For dark backgrounds: bright colours'
color-blind\t'Colours that stay apart for colour-blind eyes: blue and orange (256 colours)'
mono\t'No colours; bold, reverse and underline only'"
complete -c deadletter -n "__fish_deadletter_using_subcommand forget" -l color -d 'Whether colours are used [default: auto]' -r -f -a "auto\t'Yes, unless `NO_COLOR` is set or the terminal has none'
always\t'Yes'
never\t'No'
16\t'Only the 16 of the terminal'"
complete -c deadletter -n "__fish_deadletter_using_subcommand forget" -l ascii -d 'Whether only ASCII characters are drawn [default: auto; alone: always]' -r -f -a "auto\t'When the locale is not UTF-8 or the terminal is a Linux console or a VT'
always\t'Always'
never\t'Never'"
complete -c deadletter -n "__fish_deadletter_using_subcommand forget" -l highlight -d 'How the row under the cursor is marked' -r -f -a "row\t'The whole row in reverse'
marker\t'A mark in front of it: fewer bytes over a slow line'"
complete -c deadletter -n "__fish_deadletter_using_subcommand forget" -l group -d 'What the rows of the list have in common when the screen opens' -r -f -a "incident\t'One row a cause'
reason\t'One row a reason'
domain\t'One row a domain of recipients'
host\t'One row a host that refused'
sender\t'One row an envelope sender'
address\t'One row an address of ours that was refused'
day\t'One row a day'
none\t'One row a delivery'"
complete -c deadletter -n "__fish_deadletter_using_subcommand forget" -l read-only -d 'Refuse everything that would write to a mailbox'
complete -c deadletter -n "__fish_deadletter_using_subcommand forget" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deadletter -n "__fish_deadletter_using_subcommand check" -l account -d 'Which account, where there are several; all without it' -r
complete -c deadletter -n "__fish_deadletter_using_subcommand check" -l config -d 'Read this configuration instead of the user\'s own' -r -F
complete -c deadletter -n "__fish_deadletter_using_subcommand check" -l lang -d 'Language of the guidance' -r -f -a "en\t'English'
pl\t'Polish'
it\t'Italian'
nb\t'Norwegian (bokmål)'
nl\t'Dutch'"
complete -c deadletter -n "__fish_deadletter_using_subcommand check" -l theme -d 'Colours of the screen' -r -f -a "default\t'The terminal\'s own foreground and background with its 16 colours'
light\t'For light backgrounds: no yellow, no bright colours'
dark\t'For dark backgrounds: bright colours'
color-blind\t'Colours that stay apart for colour-blind eyes: blue and orange (256 colours)'
mono\t'No colours; bold, reverse and underline only'"
complete -c deadletter -n "__fish_deadletter_using_subcommand check" -l color -d 'Whether colours are used [default: auto]' -r -f -a "auto\t'Yes, unless `NO_COLOR` is set or the terminal has none'
always\t'Yes'
never\t'No'
16\t'Only the 16 of the terminal'"
complete -c deadletter -n "__fish_deadletter_using_subcommand check" -l ascii -d 'Whether only ASCII characters are drawn [default: auto; alone: always]' -r -f -a "auto\t'When the locale is not UTF-8 or the terminal is a Linux console or a VT'
always\t'Always'
never\t'Never'"
complete -c deadletter -n "__fish_deadletter_using_subcommand check" -l highlight -d 'How the row under the cursor is marked' -r -f -a "row\t'The whole row in reverse'
marker\t'A mark in front of it: fewer bytes over a slow line'"
complete -c deadletter -n "__fish_deadletter_using_subcommand check" -l group -d 'What the rows of the list have in common when the screen opens' -r -f -a "incident\t'One row a cause'
reason\t'One row a reason'
domain\t'One row a domain of recipients'
host\t'One row a host that refused'
sender\t'One row an envelope sender'
address\t'One row an address of ours that was refused'
day\t'One row a day'
none\t'One row a delivery'"
complete -c deadletter -n "__fish_deadletter_using_subcommand check" -l read-only -d 'Refuse everything that would write to a mailbox'
complete -c deadletter -n "__fish_deadletter_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deadletter -n "__fish_deadletter_using_subcommand rules; and not __fish_seen_subcommand_from test help" -l config -d 'Read this configuration instead of the user\'s own' -r -F
complete -c deadletter -n "__fish_deadletter_using_subcommand rules; and not __fish_seen_subcommand_from test help" -l lang -d 'Language of the guidance' -r -f -a "en\t'English'
pl\t'Polish'
it\t'Italian'
nb\t'Norwegian (bokmål)'
nl\t'Dutch'"
complete -c deadletter -n "__fish_deadletter_using_subcommand rules; and not __fish_seen_subcommand_from test help" -l theme -d 'Colours of the screen' -r -f -a "default\t'The terminal\'s own foreground and background with its 16 colours'
light\t'For light backgrounds: no yellow, no bright colours'
dark\t'For dark backgrounds: bright colours'
color-blind\t'Colours that stay apart for colour-blind eyes: blue and orange (256 colours)'
mono\t'No colours; bold, reverse and underline only'"
complete -c deadletter -n "__fish_deadletter_using_subcommand rules; and not __fish_seen_subcommand_from test help" -l color -d 'Whether colours are used [default: auto]' -r -f -a "auto\t'Yes, unless `NO_COLOR` is set or the terminal has none'
always\t'Yes'
never\t'No'
16\t'Only the 16 of the terminal'"
complete -c deadletter -n "__fish_deadletter_using_subcommand rules; and not __fish_seen_subcommand_from test help" -l ascii -d 'Whether only ASCII characters are drawn [default: auto; alone: always]' -r -f -a "auto\t'When the locale is not UTF-8 or the terminal is a Linux console or a VT'
always\t'Always'
never\t'Never'"
complete -c deadletter -n "__fish_deadletter_using_subcommand rules; and not __fish_seen_subcommand_from test help" -l highlight -d 'How the row under the cursor is marked' -r -f -a "row\t'The whole row in reverse'
marker\t'A mark in front of it: fewer bytes over a slow line'"
complete -c deadletter -n "__fish_deadletter_using_subcommand rules; and not __fish_seen_subcommand_from test help" -l group -d 'What the rows of the list have in common when the screen opens' -r -f -a "incident\t'One row a cause'
reason\t'One row a reason'
domain\t'One row a domain of recipients'
host\t'One row a host that refused'
sender\t'One row an envelope sender'
address\t'One row an address of ours that was refused'
day\t'One row a day'
none\t'One row a delivery'"
complete -c deadletter -n "__fish_deadletter_using_subcommand rules; and not __fish_seen_subcommand_from test help" -l read-only -d 'Refuse everything that would write to a mailbox'
complete -c deadletter -n "__fish_deadletter_using_subcommand rules; and not __fish_seen_subcommand_from test help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deadletter -n "__fish_deadletter_using_subcommand rules; and not __fish_seen_subcommand_from test help" -f -a "test" -d 'Look for mistakes in a file of rules, and say which answers it recognises and which rules of the program it overrides; ends with 1 where there is a mistake'
complete -c deadletter -n "__fish_deadletter_using_subcommand rules; and not __fish_seen_subcommand_from test help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deadletter -n "__fish_deadletter_using_subcommand rules; and __fish_seen_subcommand_from test" -l format -d 'How to say what it recognises' -r -f -a "text\t'Lines for people'
jsonl\t'A JSON object a rule'"
complete -c deadletter -n "__fish_deadletter_using_subcommand rules; and __fish_seen_subcommand_from test" -l config -d 'Read this configuration instead of the user\'s own' -r -F
complete -c deadletter -n "__fish_deadletter_using_subcommand rules; and __fish_seen_subcommand_from test" -l lang -d 'Language of the guidance' -r -f -a "en\t'English'
pl\t'Polish'
it\t'Italian'
nb\t'Norwegian (bokmål)'
nl\t'Dutch'"
complete -c deadletter -n "__fish_deadletter_using_subcommand rules; and __fish_seen_subcommand_from test" -l theme -d 'Colours of the screen' -r -f -a "default\t'The terminal\'s own foreground and background with its 16 colours'
light\t'For light backgrounds: no yellow, no bright colours'
dark\t'For dark backgrounds: bright colours'
color-blind\t'Colours that stay apart for colour-blind eyes: blue and orange (256 colours)'
mono\t'No colours; bold, reverse and underline only'"
complete -c deadletter -n "__fish_deadletter_using_subcommand rules; and __fish_seen_subcommand_from test" -l color -d 'Whether colours are used [default: auto]' -r -f -a "auto\t'Yes, unless `NO_COLOR` is set or the terminal has none'
always\t'Yes'
never\t'No'
16\t'Only the 16 of the terminal'"
complete -c deadletter -n "__fish_deadletter_using_subcommand rules; and __fish_seen_subcommand_from test" -l ascii -d 'Whether only ASCII characters are drawn [default: auto; alone: always]' -r -f -a "auto\t'When the locale is not UTF-8 or the terminal is a Linux console or a VT'
always\t'Always'
never\t'Never'"
complete -c deadletter -n "__fish_deadletter_using_subcommand rules; and __fish_seen_subcommand_from test" -l highlight -d 'How the row under the cursor is marked' -r -f -a "row\t'The whole row in reverse'
marker\t'A mark in front of it: fewer bytes over a slow line'"
complete -c deadletter -n "__fish_deadletter_using_subcommand rules; and __fish_seen_subcommand_from test" -l group -d 'What the rows of the list have in common when the screen opens' -r -f -a "incident\t'One row a cause'
reason\t'One row a reason'
domain\t'One row a domain of recipients'
host\t'One row a host that refused'
sender\t'One row an envelope sender'
address\t'One row an address of ours that was refused'
day\t'One row a day'
none\t'One row a delivery'"
complete -c deadletter -n "__fish_deadletter_using_subcommand rules; and __fish_seen_subcommand_from test" -l read-only -d 'Refuse everything that would write to a mailbox'
complete -c deadletter -n "__fish_deadletter_using_subcommand rules; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deadletter -n "__fish_deadletter_using_subcommand rules; and __fish_seen_subcommand_from help" -f -a "test" -d 'Look for mistakes in a file of rules, and say which answers it recognises and which rules of the program it overrides; ends with 1 where there is a mistake'
complete -c deadletter -n "__fish_deadletter_using_subcommand rules; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deadletter -n "__fish_deadletter_using_subcommand init" -l config -d 'Read this configuration instead of the user\'s own' -r -F
complete -c deadletter -n "__fish_deadletter_using_subcommand init" -l lang -d 'Language of the guidance' -r -f -a "en\t'English'
pl\t'Polish'
it\t'Italian'
nb\t'Norwegian (bokmål)'
nl\t'Dutch'"
complete -c deadletter -n "__fish_deadletter_using_subcommand init" -l theme -d 'Colours of the screen' -r -f -a "default\t'The terminal\'s own foreground and background with its 16 colours'
light\t'For light backgrounds: no yellow, no bright colours'
dark\t'For dark backgrounds: bright colours'
color-blind\t'Colours that stay apart for colour-blind eyes: blue and orange (256 colours)'
mono\t'No colours; bold, reverse and underline only'"
complete -c deadletter -n "__fish_deadletter_using_subcommand init" -l color -d 'Whether colours are used [default: auto]' -r -f -a "auto\t'Yes, unless `NO_COLOR` is set or the terminal has none'
always\t'Yes'
never\t'No'
16\t'Only the 16 of the terminal'"
complete -c deadletter -n "__fish_deadletter_using_subcommand init" -l ascii -d 'Whether only ASCII characters are drawn [default: auto; alone: always]' -r -f -a "auto\t'When the locale is not UTF-8 or the terminal is a Linux console or a VT'
always\t'Always'
never\t'Never'"
complete -c deadletter -n "__fish_deadletter_using_subcommand init" -l highlight -d 'How the row under the cursor is marked' -r -f -a "row\t'The whole row in reverse'
marker\t'A mark in front of it: fewer bytes over a slow line'"
complete -c deadletter -n "__fish_deadletter_using_subcommand init" -l group -d 'What the rows of the list have in common when the screen opens' -r -f -a "incident\t'One row a cause'
reason\t'One row a reason'
domain\t'One row a domain of recipients'
host\t'One row a host that refused'
sender\t'One row an envelope sender'
address\t'One row an address of ours that was refused'
day\t'One row a day'
none\t'One row a delivery'"
complete -c deadletter -n "__fish_deadletter_using_subcommand init" -l read-only -d 'Refuse everything that would write to a mailbox'
complete -c deadletter -n "__fish_deadletter_using_subcommand init" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deadletter -n "__fish_deadletter_using_subcommand completions" -l config -d 'Read this configuration instead of the user\'s own' -r -F
complete -c deadletter -n "__fish_deadletter_using_subcommand completions" -l lang -d 'Language of the guidance' -r -f -a "en\t'English'
pl\t'Polish'
it\t'Italian'
nb\t'Norwegian (bokmål)'
nl\t'Dutch'"
complete -c deadletter -n "__fish_deadletter_using_subcommand completions" -l theme -d 'Colours of the screen' -r -f -a "default\t'The terminal\'s own foreground and background with its 16 colours'
light\t'For light backgrounds: no yellow, no bright colours'
dark\t'For dark backgrounds: bright colours'
color-blind\t'Colours that stay apart for colour-blind eyes: blue and orange (256 colours)'
mono\t'No colours; bold, reverse and underline only'"
complete -c deadletter -n "__fish_deadletter_using_subcommand completions" -l color -d 'Whether colours are used [default: auto]' -r -f -a "auto\t'Yes, unless `NO_COLOR` is set or the terminal has none'
always\t'Yes'
never\t'No'
16\t'Only the 16 of the terminal'"
complete -c deadletter -n "__fish_deadletter_using_subcommand completions" -l ascii -d 'Whether only ASCII characters are drawn [default: auto; alone: always]' -r -f -a "auto\t'When the locale is not UTF-8 or the terminal is a Linux console or a VT'
always\t'Always'
never\t'Never'"
complete -c deadletter -n "__fish_deadletter_using_subcommand completions" -l highlight -d 'How the row under the cursor is marked' -r -f -a "row\t'The whole row in reverse'
marker\t'A mark in front of it: fewer bytes over a slow line'"
complete -c deadletter -n "__fish_deadletter_using_subcommand completions" -l group -d 'What the rows of the list have in common when the screen opens' -r -f -a "incident\t'One row a cause'
reason\t'One row a reason'
domain\t'One row a domain of recipients'
host\t'One row a host that refused'
sender\t'One row an envelope sender'
address\t'One row an address of ours that was refused'
day\t'One row a day'
none\t'One row a delivery'"
complete -c deadletter -n "__fish_deadletter_using_subcommand completions" -l read-only -d 'Refuse everything that would write to a mailbox'
complete -c deadletter -n "__fish_deadletter_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deadletter -n "__fish_deadletter_using_subcommand man" -l config -d 'Read this configuration instead of the user\'s own' -r -F
complete -c deadletter -n "__fish_deadletter_using_subcommand man" -l lang -d 'Language of the guidance' -r -f -a "en\t'English'
pl\t'Polish'
it\t'Italian'
nb\t'Norwegian (bokmål)'
nl\t'Dutch'"
complete -c deadletter -n "__fish_deadletter_using_subcommand man" -l theme -d 'Colours of the screen' -r -f -a "default\t'The terminal\'s own foreground and background with its 16 colours'
light\t'For light backgrounds: no yellow, no bright colours'
dark\t'For dark backgrounds: bright colours'
color-blind\t'Colours that stay apart for colour-blind eyes: blue and orange (256 colours)'
mono\t'No colours; bold, reverse and underline only'"
complete -c deadletter -n "__fish_deadletter_using_subcommand man" -l color -d 'Whether colours are used [default: auto]' -r -f -a "auto\t'Yes, unless `NO_COLOR` is set or the terminal has none'
always\t'Yes'
never\t'No'
16\t'Only the 16 of the terminal'"
complete -c deadletter -n "__fish_deadletter_using_subcommand man" -l ascii -d 'Whether only ASCII characters are drawn [default: auto; alone: always]' -r -f -a "auto\t'When the locale is not UTF-8 or the terminal is a Linux console or a VT'
always\t'Always'
never\t'Never'"
complete -c deadletter -n "__fish_deadletter_using_subcommand man" -l highlight -d 'How the row under the cursor is marked' -r -f -a "row\t'The whole row in reverse'
marker\t'A mark in front of it: fewer bytes over a slow line'"
complete -c deadletter -n "__fish_deadletter_using_subcommand man" -l group -d 'What the rows of the list have in common when the screen opens' -r -f -a "incident\t'One row a cause'
reason\t'One row a reason'
domain\t'One row a domain of recipients'
host\t'One row a host that refused'
sender\t'One row an envelope sender'
address\t'One row an address of ours that was refused'
day\t'One row a day'
none\t'One row a delivery'"
complete -c deadletter -n "__fish_deadletter_using_subcommand man" -l read-only -d 'Refuse everything that would write to a mailbox'
complete -c deadletter -n "__fish_deadletter_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c deadletter -n "__fish_deadletter_using_subcommand help; and not __fish_seen_subcommand_from demo explain list report verify sync mark move undo resume watch forget check rules init completions man help" -f -a "demo" -d 'Open the screen over the embedded demo mailbox: no network, nothing written'
complete -c deadletter -n "__fish_deadletter_using_subcommand help; and not __fish_seen_subcommand_from demo explain list report verify sync mark move undo resume watch forget check rules init completions man help" -f -a "explain" -d 'Explain bounces without the screen: as text for people, as JSON for programs'
complete -c deadletter -n "__fish_deadletter_using_subcommand help; and not __fish_seen_subcommand_from demo explain list report verify sync mark move undo resume watch forget check rules init completions man help" -f -a "list" -d 'List deliveries, or the causes behind them, without the screen: as a table, for spreadsheets, for programs'
complete -c deadletter -n "__fish_deadletter_using_subcommand help; and not __fish_seen_subcommand_from demo explain list report verify sync mark move undo resume watch forget check rules init completions man help" -f -a "report" -d 'Who has to act on what, in a page of Markdown for the mail in the morning'
complete -c deadletter -n "__fish_deadletter_using_subcommand help; and not __fish_seen_subcommand_from demo explain list report verify sync mark move undo resume watch forget check rules init completions man help" -f -a "verify" -d 'Ask the world whether what deliveries failed on is still broken: MX, SPF, DKIM, DMARC, reverse DNS, blocklists, MTA-STS, DANE. Nothing is asked by any other command'
complete -c deadletter -n "__fish_deadletter_using_subcommand help; and not __fish_seen_subcommand_from demo explain list report verify sync mark move undo resume watch forget check rules init completions man help" -f -a "sync" -d 'Bring what is kept of the configured mailboxes up to date, and stop: for cron'
complete -c deadletter -n "__fish_deadletter_using_subcommand help; and not __fish_seen_subcommand_from demo explain list report verify sync mark move undo resume watch forget check rules init completions man help" -f -a "mark" -d 'Mark messages of the configured mailboxes as taken, waiting, done, ignored or new, for all who work on them'
complete -c deadletter -n "__fish_deadletter_using_subcommand help; and not __fish_seen_subcommand_from demo explain list report verify sync mark move undo resume watch forget check rules init completions man help" -f -a "move" -d 'Move messages of the configured mailboxes into another folder, or into the trash'
complete -c deadletter -n "__fish_deadletter_using_subcommand help; and not __fish_seen_subcommand_from demo explain list report verify sync mark move undo resume watch forget check rules init completions man help" -f -a "undo" -d 'Take back what `mark` or `move` did: the last time, or the plan that is named'
complete -c deadletter -n "__fish_deadletter_using_subcommand help; and not __fish_seen_subcommand_from demo explain list report verify sync mark move undo resume watch forget check rules init completions man help" -f -a "resume" -d 'Go on with a `mark`, `move` or `undo` that was broken off'
complete -c deadletter -n "__fish_deadletter_using_subcommand help; and not __fish_seen_subcommand_from demo explain list report verify sync mark move undo resume watch forget check rules init completions man help" -f -a "watch" -d 'Keep what is kept up to date for as long as it runs, and tell what comes as lines of JSON: for other programs'
complete -c deadletter -n "__fish_deadletter_using_subcommand help; and not __fish_seen_subcommand_from demo explain list report verify sync mark move undo resume watch forget check rules init completions man help" -f -a "forget" -d 'Remove what is kept of mailboxes on this machine; the mailboxes themselves stay as they are'
complete -c deadletter -n "__fish_deadletter_using_subcommand help; and not __fish_seen_subcommand_from demo explain list report verify sync mark move undo resume watch forget check rules init completions man help" -f -a "check" -d 'Try an account step by step: connection, TLS, login, folders; say what is wrong and what to do'
complete -c deadletter -n "__fish_deadletter_using_subcommand help; and not __fish_seen_subcommand_from demo explain list report verify sync mark move undo resume watch forget check rules init completions man help" -f -a "rules" -d 'Rules of your own: what they recognise before they are used'
complete -c deadletter -n "__fish_deadletter_using_subcommand help; and not __fish_seen_subcommand_from demo explain list report verify sync mark move undo resume watch forget check rules init completions man help" -f -a "init" -d 'Set up an IMAP account: ask, try, show the file, write it'
complete -c deadletter -n "__fish_deadletter_using_subcommand help; and not __fish_seen_subcommand_from demo explain list report verify sync mark move undo resume watch forget check rules init completions man help" -f -a "completions" -d 'Print completions for a shell'
complete -c deadletter -n "__fish_deadletter_using_subcommand help; and not __fish_seen_subcommand_from demo explain list report verify sync mark move undo resume watch forget check rules init completions man help" -f -a "man" -d 'Print the man page'
complete -c deadletter -n "__fish_deadletter_using_subcommand help; and not __fish_seen_subcommand_from demo explain list report verify sync mark move undo resume watch forget check rules init completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c deadletter -n "__fish_deadletter_using_subcommand help; and __fish_seen_subcommand_from rules" -f -a "test" -d 'Look for mistakes in a file of rules, and say which answers it recognises and which rules of the program it overrides; ends with 1 where there is a mistake'
