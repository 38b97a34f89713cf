//! The program: parse the command line, run, print what went wrong, exit code.

fn main() {}
