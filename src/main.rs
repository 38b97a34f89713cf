//! The program: everything it does is in the library, see `cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    pinxit::cli::main()
}
