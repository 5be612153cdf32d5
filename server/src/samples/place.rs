//! Which vault the operator chose.

use super::Vault;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    #[error("samples cannot be kept in {0}: {1}")]
    Folder(PathBuf, #[source] std::io::Error),
    #[error("{0:?} is no place for samples: it has to be like s3://bucket or s3://bucket/folder")]
    Unknown(String),
    #[cfg(not(feature = "s3"))]
    #[error(
        "this server was built without S3, so it cannot keep samples in {0}. Build it with \
         --features s3, or leave --samples out: then they are kept in the data folder"
    )]
    WithoutS3(String),
    #[cfg(feature = "s3")]
    #[error("samples cannot be kept in {0}: {1}")]
    Bucket(String, #[source] object_store::Error),
}

impl Vault {
    /// The folder below the data, unless another place is named.
    pub(crate) fn at(data: &Path, place: Option<&str>) -> Result<Self, PlaceError> {
        let Some(place) = place else {
            let folder = data.join(super::FOLDER);
            return Self::folder(&folder).map_err(|error| PlaceError::Folder(folder, error));
        };
        let bucket = place.strip_prefix("s3://").unwrap_or("");
        let (bucket, folder) = bucket.split_once('/').unwrap_or((bucket, ""));
        if bucket.is_empty() {
            return Err(PlaceError::Unknown(place.to_owned()));
        }
        in_bucket(place, bucket, folder)
    }
}

#[cfg(not(feature = "s3"))]
fn in_bucket(place: &str, _: &str, _: &str) -> Result<Vault, PlaceError> {
    Err(PlaceError::WithoutS3(place.to_owned()))
}

/// Keys, region and endpoint come from the environment: AWS_ACCESS_KEY_ID and its like.
#[cfg(feature = "s3")]
fn in_bucket(place: &str, bucket: &str, folder: &str) -> Result<Vault, PlaceError> {
    use object_store::{aws::AmazonS3Builder, prefix::PrefixStore};
    let objects = AmazonS3Builder::from_env().with_bucket_name(bucket).build();
    let objects = objects.map_err(|error| PlaceError::Bucket(place.to_owned(), error))?;
    Ok(Vault::of(std::sync::Arc::new(PrefixStore::new(
        objects, folder,
    ))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_is_not_understood_is_refused_with_a_sentence() {
        let data = tempfile::tempdir().unwrap();
        for place in [
            "",
            "s3:/bucket",
            "s3://",
            "s3:///folder",
            "ftp://bucket",
            "/var/samples",
        ] {
            let error = Vault::at(data.path(), Some(place)).unwrap_err();
            assert!(
                error.to_string().contains("s3://bucket"),
                "{place}: {error}"
            );
        }
        assert!(Vault::at(data.path(), None).is_ok());
    }

    #[cfg(not(feature = "s3"))]
    #[test]
    fn a_bucket_without_the_feature_is_refused_with_what_to_do() {
        let data = tempfile::tempdir().unwrap();
        let error = Vault::at(data.path(), Some("s3://bucket/band")).unwrap_err();
        assert!(error.to_string().contains("--features s3"), "{error}");
    }
}
