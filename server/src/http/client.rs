//! Who a request comes from: the address of the connection, or what a proxy that is trusted says.

use super::Shared;
use crate::{gate::Class, problem::Problem};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{HeaderMap, HeaderName};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
/// Proxies behind one another that are looked through.
const MOST_HOPS: usize = 16;

/// The other end of a connection, noted with each of its requests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer {
    pub(crate) address: IpAddr,
    /// Whether this server encrypts the connection itself.
    pub(crate) is_secure: bool,
}

/// The proxies whose word about their clients is taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct TrustedProxies(pub(crate) Vec<IpNet>);

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    address: IpAddr,
    is_secure: bool,
    is_direct: bool,
}

impl TrustedProxies {
    pub(crate) fn include(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

impl Client {
    pub(crate) fn of(peer: Peer, headers: &HeaderMap, proxies: &TrustedProxies) -> Self {
        let address = peer.address.to_canonical();
        let mut client = Self {
            address,
            is_secure: peer.is_secure,
            is_direct: !headers.contains_key(FORWARDED_FOR) && !headers.contains_key("forwarded"),
        };
        if proxies.include(address) {
            client.address = forwarded_for(address, headers, proxies);
            let last = values(headers, &FORWARDED_PROTO).next();
            client.is_secure |= last.is_some_and(|proto| proto.eq_ignore_ascii_case("https"));
        }
        client
    }

    /// Everyone who shares what one customer of a provider is given counts as one.
    pub(crate) fn network(&self) -> IpAddr {
        network(self.address)
    }

    /// Whether the client reached us, or our proxy, by TLS.
    pub(crate) fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// A program on this machine that no proxy stands before.
    pub(crate) fn is_local(&self) -> bool {
        self.is_direct && self.address.is_loopback()
    }
}

/// The address itself, or of IPv6 the part that a provider gives to one customer.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address => address,
    }
}

/// Each proxy adds the address it was reached from at the end, so the last one that is no proxy of
/// ours is the client; whatever stands before it anybody may have made up.
fn forwarded_for(peer: IpAddr, headers: &HeaderMap, proxies: &TrustedProxies) -> IpAddr {
    let mut nearest = peer;
    for hop in values(headers, &FORWARDED_FOR).take(MOST_HOPS) {
        let Some(address) = address_of(hop) else {
            return nearest;
        };
        nearest = address;
        if !proxies.include(address) {
            return nearest;
        }
    }
    nearest
}

/// The words of a header that holds a list, from the last to the first.
fn values<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h str> {
    let lines: Vec<&str> = headers
        .get_all(name)
        .iter()
        .map(|line| line.to_str().unwrap_or(""))
        .collect();
    lines
        .into_iter()
        .rev()
        .flat_map(|line| line.rsplit(','))
        .map(str::trim)
}

/// Some proxies name the port too.
fn address_of(hop: &str) -> Option<IpAddr> {
    let address = hop.parse().ok();
    let with_port = || Some(hop.parse::<std::net::SocketAddr>().ok()?.ip());
    let in_brackets = || hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let address: IpAddr = address.or_else(with_port).or_else(in_brackets)?;
    Some(address.to_canonical())
}

/// Finds out who asks, and refuses who asks too often.
pub(super) async fn admit(
    State(shared): State<Arc<Shared>>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let peer = request.extensions().get::<Peer>().copied();
    let peer = peer.expect("every connection notes its peer");
    let client = Client::of(peer, request.headers(), &shared.site.trusted_proxies);
    shared.gate.admit(&client, Class::Request)?;
    request.extensions_mut().insert(client);
    Ok(next.run(request).await)
}

impl<S: Send + Sync> FromRequestParts<S> for Client {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let client = parts.extensions.get::<Client>().copied();
        Ok(client.expect("every request is admitted first"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXY: &str = "10.0.0.1";

    fn client(peer: &str, headers: &[(&'static str, &str)]) -> Client {
        let proxies = ["10.0.0.0/8", "fd00::/8"].map(|network| network.parse().unwrap());
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        let peer = Peer {
            address: peer.parse().unwrap(),
            is_secure: false,
        };
        Client::of(peer, &map, &TrustedProxies(proxies.to_vec()))
    }

    fn seen(peer: &str, forwarded: &[&str]) -> String {
        let headers: Vec<_> = forwarded
            .iter()
            .map(|value| ("x-forwarded-for", *value))
            .collect();
        client(peer, &headers).address.to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_its_own_word() {
        assert_eq!(seen("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(seen(PROXY, &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(seen(PROXY, &["1.1.1.1, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(seen(PROXY, &["1.1.1.1", "198.51.100.1"]), "198.51.100.1");
        assert_eq!(
            seen(PROXY, &["1.1.1.1, 198.51.100.1, 10.9.9.9"]),
            "198.51.100.1"
        );
        assert_eq!(seen("::ffff:10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(seen(PROXY, &["10.2.2.2"]), "10.2.2.2");
    }

    #[test]
    fn garbage_counts_for_the_nearest_that_is_known() {
        for garbage in ["", "unknown", "1.2.3", "1.1.1.1;", "\"", ",,,", "[::1"] {
            assert_eq!(seen(PROXY, &[garbage]), PROXY, "{garbage}");
        }
        assert_eq!(seen(PROXY, &["1.1.1.1, junk, 10.5.5.5"]), "10.5.5.5");
        assert_eq!(seen(PROXY, &["198.51.100.1:4711"]), "198.51.100.1");
        assert_eq!(seen(PROXY, &["[2001:db8::1]:4711"]), "2001:db8::1");
        assert_eq!(seen(PROXY, &["[2001:db8::1]"]), "2001:db8::1");
        assert_eq!(seen(PROXY, &[&"10.0.0.1,".repeat(5_000)]), PROXY);
    }

    #[test]
    fn a_customer_s_whole_network_is_one_client() {
        let one = client("2001:db8:1:2:3::4", &[]);
        let other = client("2001:db8:1:2:ffff::1", &[]);
        let neighbour = client("2001:db8:1:3::4", &[]);
        assert_eq!(one.network(), other.network());
        assert_ne!(one.network(), neighbour.network());
        assert_ne!(
            client("192.0.2.1", &[]).network(),
            client("192.0.2.2", &[]).network()
        );
        assert_eq!(
            client("::ffff:192.0.2.1", &[]).network().to_string(),
            "192.0.2.1"
        );
    }

    #[test]
    fn who_comes_by_tls_is_known_from_a_trusted_proxy_only() {
        let https = [("x-forwarded-proto", "https")];
        assert!(client(PROXY, &https).is_secure());
        assert!(!client("203.0.113.9", &https).is_secure());
        assert!(!client(PROXY, &[("x-forwarded-proto", "https, http")]).is_secure());
    }

    #[test]
    fn local_is_who_comes_from_this_machine_through_no_proxy() {
        assert!(client("127.0.0.1", &[]).is_local());
        assert!(client("::1", &[]).is_local());
        assert!(!client("192.0.2.1", &[]).is_local());
        assert!(!client("127.0.0.1", &[("x-forwarded-for", "192.0.2.1")]).is_local());
        assert!(!client("127.0.0.1", &[("forwarded", "for=192.0.2.1")]).is_local());
        assert!(!client(PROXY, &[("x-forwarded-for", "127.0.0.1")]).is_local());
    }
}
