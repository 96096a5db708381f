//! A mailbox that cannot be read, in its place among others: it says why.

use std::ops::ControlFlow;

use crate::mail::SafeText;

use super::{Canceller, Error, Event, Place, Reader, Sink, Source, State};

/// A mailbox that cannot be read as long as the program runs.
#[derive(Clone, Debug)]
pub struct Unreadable {
    name: SafeText,
    why: SafeText,
}

impl Unreadable {
    /// A mailbox, and why it cannot be read.
    #[must_use]
    pub fn new(name: &str, why: &str) -> Self {
        let why = SafeText::new(&format!("{why}; then start deadletter again"));
        Self { name: SafeText::new(name), why }
    }
}

impl Source for Unreadable {
    fn name(&self) -> SafeText {
        self.name.clone()
    }

    fn stream(&mut self, sink: &mut dyn Sink) -> Result<(), Error> {
        let said = sink.take(Event::Notice(self.why.clone()));
        if said == ControlFlow::Continue(()) {
            // It ends here whatever the sink says.
            let _ = sink.take(Event::State(State::Stopped(self.why.clone())));
        }
        Err(Error::Unread(self.why.clone()))
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(self.clone())
    }

    fn canceller(&self) -> Canceller {
        Canceller::new(|| ())
    }
}

impl Reader for Unreadable {
    fn whole(&mut self, _: Place) -> Result<Vec<u8>, Error> {
        Err(Error::Unread(self.why.clone()))
    }

    fn canceller(&self) -> Canceller {
        Canceller::new(|| ())
    }
}
