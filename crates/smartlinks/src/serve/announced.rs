//! Where a running `serve --sandbox` can be reached, for commands beside it: with port 0 nobody else knows.

use std::net::SocketAddr;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::failure::{Exit, Failure};
use crate::private_file;

const FILE_NAME: &str = "addresses.json";

/// The addresses of the last `serve --sandbox` on this data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Announced {
    /// Page and API.
    pub(crate) page: SocketAddr,
    /// The sandbox.
    pub(crate) sandbox: SocketAddr,
}

impl Announced {
    /// Notes them.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), Failure> {
        let path = folder.join(FILE_NAME);
        let text = serde_json::to_vec(self).map_err(std::io::Error::from);
        text.and_then(|text| private_file::replace(&path, &text))
            .map_err(|error| {
                Failure::new(
                    Exit::Failure,
                    "data_dir",
                    format!("{} cannot be written", path.display()),
                )
                .because(&error)
                .hint("Make the data directory writable, or choose another with --data-dir.")
            })
    }

    /// Reads them; none where no server has run, or something else lies there.
    pub(crate) fn read(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(folder.join(FILE_NAME)).ok()?).ok()
    }
}
