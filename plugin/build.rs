//! Tells the linker what a library inside other people's programs needs.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        // A host may unload the library while a thread that once ran its code lives on. That
        // thread's clean-up is code in the library, so the library has to stay.
        println!("cargo:rustc-cdylib-link-arg=-Wl,-z,nodelete");
    }
}
