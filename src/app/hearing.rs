//! What becomes of what the mailboxes and their store tell.

use std::time::Instant;

use crate::listing::{Health, ListWindow, Seek, Update};

use super::App;
use super::msg::Cmd;

impl App {
    /// What the mailboxes tell.
    pub(super) fn hear(&mut self, update: Update, now: Instant) -> Vec<Cmd> {
        match update {
            Update::Health(mailbox, health) => {
                if !self.set_health(mailbox, health, now) {
                    return Vec::new();
                }
            }
            Update::Heard(mailbox) => {
                let Some(mailbox) = self.mailboxes.get_mut(usize::from(mailbox)) else {
                    return Vec::new();
                };
                self.dirty |= mailbox.silence > 0;
                mailbox.hear(now);
                return Vec::new();
            }
            Update::Window(window) => return self.take_window(*window, now),
            Update::Completed(head, completion) => {
                self.complete(&head, completion);
                return Vec::new();
            }
            Update::Reset(_) => {
                self.notices.info("the mailbox is another one now; reading it anew", now);
            }
            Update::Notice(text) => self.notices.error(text),
            Update::Rejudged(mailbox) => self.opened.judged_again(mailbox, now),
            Update::Opened(detail) => {
                let shown = self.opened.id();
                let changed = self.opened.opened(detail, self.delivery());
                self.dirty |= changed;
                if self.opened.id() != shown {
                    self.pane.scroll = 0;
                }
                return Vec::new();
            }
            Update::Unopened(id, why) => {
                self.dirty |= self.opened.unopened(id, why, self.delivery());
                return Vec::new();
            }
        }
        self.dirty = true;
        Vec::new()
    }

    /// Takes rows of the list; keys that have waited for them go on.
    fn take_window(&mut self, window: ListWindow, now: Instant) -> Vec<Cmd> {
        let before = self.delivery();
        self.dirty |= self.list.take(window);
        if let Some(missed) = self.list.take_missed() {
            self.notices.info(nothing_more(missed), now);
            self.dirty = true;
        }
        if self.delivery() != before {
            if self.prompt.is_some() {
                // A filter is being typed: there may be more of it.
                self.opened.moved(now);
            } else {
                // The first row, or another one in its place: shown at once.
                self.opened.hurry(now);
            }
        }
        let mut cmds = Vec::new();
        while self.list.is_there()
            && let Some(input) = self.held.pop_front()
        {
            cmds.extend(self.key(input, now));
        }
        cmds
    }

    /// True when that changes what is shown.
    fn set_health(&mut self, mailbox: u16, health: Health, now: Instant) -> bool {
        let Some(mailbox) = self.mailboxes.get_mut(usize::from(mailbox)) else { return false };
        if let Health::Stopped(why) = &health {
            self.notices.error(why);
        }
        if let Some(news) = mailbox.news(&health) {
            let time = self.clock.now().strftime("%H:%M:%S UTC");
            self.notices.note(format!("{time} {}: {news}", mailbox.name));
        }
        let connected = !mailbox.health.is_connected() && health.is_connected();
        let changed = mailbox.set(health, now);
        if connected {
            self.opened.retry(now);
        }
        changed
    }
}

/// What is said when nothing more is found behind the cursor.
fn nothing_more(sought: Seek) -> &'static str {
    match sought {
        Seek::New => "nothing new below the cursor",
        Seek::Unknown => "nothing unknown below the cursor",
    }
}
