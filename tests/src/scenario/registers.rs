//! The one processor setting that hosts change under a plugin: tiny numbers taken for zero, in what
//! comes in and in what goes out. All of this crate that touches a register.
#![expect(
    unsafe_code,
    reason = "there is no safe way to the processor's registers"
)]

use std::thread;

/// Runs work on a thread that takes tiny numbers for zero.
pub(super) fn flushing_to_zero<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let run = || {
        flush_to_zero();
        assert_eq!(halved(f32::MIN_POSITIVE), 0.0, "the setting works");
        work()
    };
    thread::scope(|scope| scope.spawn(run).join())
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Never folded when compiled, because then it would be the compiler that computes it.
fn halved(number: f32) -> f32 {
    std::hint::black_box(number) * std::hint::black_box(0.5)
}

#[cfg(target_arch = "x86_64")]
fn flush_to_zero() {
    const FLUSH_AND_DENORMALS_ARE_ZERO: u32 = 0x8040;
    let mut register = 0_u32;
    let place = &raw mut register;
    // SAFETY: both read and write one word at a valid place. Compiled code is promised the default
    // register, but all it can notice is the zeros that the caller asked for.
    unsafe {
        std::arch::asm!("stmxcsr [{}]", in(reg) place, options(nostack));
        *place |= FLUSH_AND_DENORMALS_ARE_ZERO;
        std::arch::asm!("ldmxcsr [{}]", in(reg) place, options(nostack));
    }
}

#[cfg(target_arch = "aarch64")]
fn flush_to_zero() {
    const FLUSH: u64 = 1 << 24;
    // SAFETY: the register is this thread's own, and all that the bit changes is the zeros that the
    // caller asked for.
    unsafe {
        let register: u64;
        std::arch::asm!("mrs {}, fpcr", out(reg) register, options(nomem, nostack));
        std::arch::asm!("msr fpcr, {}", in(reg) register | FLUSH, options(nomem, nostack));
    }
}

#[cfg(test)]
mod tests {
    use super::{flushing_to_zero, halved};

    #[test]
    fn only_the_thread_that_asks_takes_tiny_numbers_for_zero() {
        assert_eq!(flushing_to_zero(|| halved(f32::MIN_POSITIVE)), 0.0);
        assert!(halved(f32::MIN_POSITIVE) > 0.0);
    }
}
