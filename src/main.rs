//! The thin binary: arguments in, exit code out.

use std::io::Write;
use std::process::ExitCode;

use deadletter::cli;

fn main() -> ExitCode {
    match cli::run(std::env::args_os()) {
        Ok(code) => ExitCode::from(code),
        Err(cli::Error::Arguments(error)) => {
            cli::complain(&error);
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
