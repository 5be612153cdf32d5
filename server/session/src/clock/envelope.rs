//! x
use super::window::Sample;
use std::sync::LazyLock;
fn env(n: &str, d: f64) -> f64 {
    std::env::var(n)
        .ok()
        .and_then(|s| s.parse().ok())
        .unwrap_or(d)
}
static K: LazyLock<f64> = LazyLock::new(|| env("K", 0.5));
static C: LazyLock<f64> = LazyLock::new(|| env("C", 0.2));
static CN: LazyLock<f64> = LazyLock::new(|| env("CN", 0.0));
static NK: LazyLock<f64> = LazyLock::new(|| env("NK", 0.2));
static ORA: LazyLock<f64> = LazyLock::new(|| env("ORA", 0.0));
static POOL: LazyLock<f64> = LazyLock::new(|| env("POOL", 0.0));
static ROUNDS: LazyLock<f64> = LazyLock::new(|| env("ROUNDS", 2.0));
static BC: LazyLock<f64> = LazyLock::new(|| env("BC", 2.0));
#[derive(Debug, Clone, Copy)]
pub(super) struct Prior {
    pub(super) skew: f64,
    pub(super) scale: f64,
}
#[derive(Debug, Clone, Copy)]
pub(super) struct Estimate {
    middle: f64,
    offset: f64,
    pub(super) skew: f64,
    offset_variance: f64,
    skew_variance: f64,
    covariance: f64,
    pub(super) round_trip: f64,
}
fn noise(mut delays: Vec<f64>, k: f64) -> f64 {
    let q = env("Q", 0.25);
    delays.sort_unstable_by(f64::total_cmp);
    let at = |q: f64| delays[(delays.len() as f64 * q) as usize] / (-(1.0 - q).ln());
    (at(0.5).min(at(q)) * k).max(20.0)
}
impl Estimate {
    pub(super) fn of(samples: &[Sample], prior: Prior) -> Estimate {
        let n = samples.len() as f64;
        let k = *K;
        let middle = samples.iter().map(|s| s.at).sum::<f64>() / n;
        let pts: Vec<(f64, f64, f64)> = samples
            .iter()
            .map(|s| (s.at - middle, s.there, s.back))
            .collect();
        let mut s = prior.skew;
        let mut a = pts
            .iter()
            .map(|p| p.1 - s * p.0)
            .fold(f64::INFINITY, f64::min);
        let mut b = pts
            .iter()
            .map(|p| p.2 + s * p.0)
            .fold(f64::INFINITY, f64::min);
        let mut h = (0.0, 0.0, 0.0, 0.0, 0.0);
        for round in 0..*ROUNDS as usize {
            let mut mf = noise(pts.iter().map(|p| p.1 - s * p.0 - a).collect(), *NK);
            let mut mb = noise(pts.iter().map(|p| p.2 + s * p.0 - b).collect(), *NK);
            let m = (mf + mb) / 2.0;
            mf += *POOL * (m - mf);
            mb += *POOL * (m - mb);
            if round == 0 {
                a -= mf / n;
                b -= mb / n;
            }
            if *ORA > 0.0 {
                mf = 10000.0;
                mb = 10000.0;
            }
            let cf = mf * (*C + *CN / n);
            let cb = mb * (*C + *CN / n);
            for _ in 0..12 {
                let (mut ga, mut gb, mut gs) = (
                    n / mf,
                    n / mb,
                    -(s - prior.skew) / (prior.scale * prior.scale),
                );
                let (mut haa, mut hbb, mut has, mut hbs, mut hss) =
                    (0.0, 0.0, 0.0, 0.0, 1.0 / (prior.scale * prior.scale));
                for p in &pts {
                    let r = p.1 - s * p.0 - a;
                    let q = p.2 + s * p.0 - b;
                    let (r, rc) = (1.0 / r, 1.0 / (r + cf));
                    let (q, qc) = (1.0 / q, 1.0 / (q + cb));
                    let (r2, q2) = (k * (r * r - rc * rc), k * (q * q - qc * qc));
                    let (r, q) = (r - rc, q - qc);
                    let (r, q, r2, q2, k) = if *ORA > 0.0 {
                        let c = 1.0 / 1200.0 - 1.0 / 10000.0;
                        let f = |r: f64| {
                            let e = (-r * c).exp();
                            (c * e / (1.0 - e), c * c * e / (1.0 - e) / (1.0 - e))
                        };
                        let (r, r2) = f(p.1 - s * p.0 - a);
                        let (q, q2) = f(p.2 + s * p.0 - b);
                        (r, q, r2, q2, 1.0)
                    } else {
                        (r, q, r2, q2, k)
                    };
                    ga -= k * r;
                    gb -= k * q;
                    gs += k * p.0 * (q - r);
                    haa += r2;
                    hbb += q2;
                    has += r2 * p.0;
                    hbs -= q2 * p.0;
                    hss += (r2 + q2) * p.0 * p.0;
                }
                h = (haa, hbb, has, hbs, hss);
                let ss = hss - has * has / haa - hbs * hbs / hbb;
                let ds = (gs - has * ga / haa - hbs * gb / hbb) / ss;
                let da = (ga - has * ds) / haa;
                let db = (gb - hbs * ds) / hbb;
                // step to boundary
                let mut t: f64 = 1.0;
                for p in &pts {
                    let r = p.1 - s * p.0 - a;
                    let d = ds * p.0 + da;
                    if d > 0.0 {
                        t = t.min(0.9 * r / d);
                    }
                    let q = p.2 + s * p.0 - b;
                    let d = -ds * p.0 + db;
                    if d > 0.0 {
                        t = t.min(0.9 * q / d);
                    }
                }
                s += t * ds;
                a += t * da;
                b += t * db;
                if t == 1.0 && (ga * da + gb * db + gs * ds) < 1e-3 {
                    break;
                }
            }
        }
        let (haa, hbb, has, hbs, hss) = h;
        let ss = 1.0 / (hss - has * has / haa - hbs * hbs / hbb);
        // offset=(a-b)/2 ; a = -has/haa s ...
        let g = (-has / haa + hbs / hbb) / 2.0;
        let s = s.clamp(-400e-6, 400e-6);
        Estimate {
            middle,
            offset: (a - b) / 2.0,
            skew: s,
            offset_variance: (1.0 / haa + 1.0 / hbb) / 4.0 + g * g * ss,
            skew_variance: ss,
            covariance: g * ss,
            round_trip: a + b,
        }
    }
    pub(super) fn offset_at(&self, at: f64) -> f64 {
        self.offset + self.skew * (at - self.middle)
    }
    pub(super) fn error_at(&self, at: f64) -> f64 {
        let away = at - self.middle;
        let variance =
            self.offset_variance + away * (2.0 * self.covariance + away * self.skew_variance);
        *BC * variance.max(0.0).sqrt()
    }
}
