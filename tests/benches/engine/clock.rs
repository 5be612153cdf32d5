//! How long this thread has been on a processor, in seconds: what others do on a busy machine is left
//! out.

use rustix::time::{ClockId, clock_gettime};

pub(crate) fn processor() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}
