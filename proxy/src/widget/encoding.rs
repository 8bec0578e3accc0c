//! Which of the encodings that were made at build time a client wants.
//!
//! Source: <https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3>.

use axum::http::{HeaderMap, header};

/// How a file's bytes are encoded; the earlier, the smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    /// The file that a name is of, and its encoding.
    pub(super) fn of_name(name: &str) -> (&str, Self) {
        let ending = |encoding: Self, end: &str| name.strip_suffix(end).map(|name| (name, encoding));
        ending(Self::Brotli, ".br").or_else(|| ending(Self::Gzip, ".gz")).unwrap_or((name, Self::Identity))
    }

    /// As `Content-Encoding` says it; `None`: not at all.
    pub(super) fn token(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }

    /// What tells the entity tags of a file's encodings apart.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => "-br",
            Self::Gzip => "-gz",
            Self::Identity => "",
        }
    }
}

/// The one that the client likes best of those that are `offered`, smallest first; as it is where it likes none.
pub(super) fn preferred(headers: &HeaderMap, offered: impl Iterator<Item = Encoding>) -> Encoding {
    let accepted = Accepted::read(headers);
    let liked = offered.map(|encoding| (accepted.quality(encoding), encoding)).filter(|(quality, _)| *quality > 0);
    // The first of those that are liked as much is the smallest.
    let better = |best: Option<(u16, Encoding)>, next: (u16, Encoding)| match best {
        Some(best) if best.0 >= next.0 => Some(best),
        _ => Some(next),
    };
    liked.fold(None, better).map_or(Encoding::Identity, |(_, encoding)| encoding)
}

/// Codings, each with its quality in thousandths.
struct Accepted(Vec<(String, u16)>);

impl Accepted {
    fn read(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
        let codings = lines.flat_map(|line| line.split(',')).map(|coding| {
            let (name, parameters) = coding.split_once(';').unwrap_or((coding, ""));
            let quality = parameters.trim().to_ascii_lowercase();
            let quality = quality.strip_prefix("q=").and_then(|text| text.trim().parse::<f32>().ok()).unwrap_or(1.0);
            (name.trim().to_ascii_lowercase(), (quality.clamp(0.0, 1.0) * 1_000.0) as u16)
        });
        Self(codings.collect())
    }

    fn quality(&self, encoding: Encoding) -> u16 {
        let of = |wanted: &str| self.0.iter().find(|(name, _)| name == wanted).map(|(_, quality)| *quality);
        match encoding.token() {
            Some(token) => of(token).or_else(|| of("*")).unwrap_or(0),
            // Acceptable unless it is ruled out, and then the last choice.
            None => of("identity").or_else(|| of("*").filter(|quality| *quality == 0)).unwrap_or(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::Encoding::{Brotli, Gzip, Identity};
    use super::*;

    #[test]
    fn a_client_gets_the_smallest_of_what_it_likes_best() {
        const CASES: &[(&[&str], Encoding)] = &[
            (&[], Identity),
            (&[""], Identity),
            (&["gzip, deflate, br, zstd"], Brotli),
            (&["gzip, deflate"], Gzip),
            (&["GZIP"], Gzip),
            (&["gzip", "br"], Brotli),
            (&["br;q=0.5, gzip;q=1.0"], Gzip),
            (&["br;q=0, gzip;q=0"], Identity),
            (&["br; q=0.001"], Brotli),
            (&["*"], Brotli),
            (&["*;q=0"], Identity),
            (&["br;q=0, *"], Gzip),
            (&["identity"], Identity),
            (&["identity;q=1, br;q=0.5"], Identity),
            (&["identity;q=0"], Identity),
            (&["br;q=much"], Brotli),
            (&["zstd, deflate"], Identity),
        ];
        for (lines, expected) in CASES {
            let mut headers = HeaderMap::new();
            for line in *lines {
                headers.append(header::ACCEPT_ENCODING, HeaderValue::from_static(line));
            }
            assert_eq!(preferred(&headers, [Brotli, Gzip, Identity].into_iter()), *expected, "{lines:?}");
        }
    }

    #[test]
    fn what_was_not_made_is_not_sent() {
        let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static("br, gzip"))]);
        assert_eq!(preferred(&headers, [Gzip, Identity].into_iter()), Gzip);
        assert_eq!(preferred(&headers, [Identity].into_iter()), Identity);
    }
}
