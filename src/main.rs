//! The command; see [`leaklint::cli`].

#[global_allocator]
static ALLOCATOR: leaklint::allocator::Mimalloc = leaklint::allocator::Mimalloc;

fn main() -> std::process::ExitCode {
    leaklint::cli::main()
}
