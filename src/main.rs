//! The thin binary: arguments in, exit code out.

use std::io::Write;
use std::process::ExitCode;

use deadletter::cli;

fn main() -> ExitCode {
    match cli::run(std::env::args_os()) {
        Ok(code) => ExitCode::from(code),
        Err(cli::Error::Arguments(error)) => {
            // Help goes to standard output, complaints to standard error; if that is gone, nobody
            // is left to tell.
            let _ = error.print();
            ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(cli::FAILED))
        }
        Err(error) => {
            if !error.is_silent() {
                let _ = writeln!(std::io::stderr(), "deadletter: {error}");
            }
            ExitCode::from(error.exit_code())
        }
    }
}
