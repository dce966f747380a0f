//! The key file: made once, private, never replaced in silence.

use std::path::Path;

use crate::support::*;
use smartlinks_store::{
    KeyError, KeyOrigin, KeyRing, SystemEntropy, open_or_create_keys, stored_key_fingerprint,
};

fn open(path: &Path, needed: Option<&str>) -> Result<(KeyRing, KeyOrigin), KeyError> {
    open_or_create_keys(path, needed, &SystemEntropy)
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

/// R15, R18.
#[cfg(unix)]
#[tokio::test]
async fn the_first_start_makes_a_private_key_file() {
    let mut stage = Stage::sqlite();
    let path = stage.folder.path().join("keys/ring");
    let needed = stored_key_fingerprint(&stage.url).await.unwrap();
    let (ring, origin) = open(&path, needed.as_deref()).unwrap();
    assert_eq!(origin, KeyOrigin::Created);
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    assert_eq!(
        std::fs::read_dir(path.parent().unwrap()).unwrap().count(),
        1,
        "no temporary file"
    );
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with('#') && text.contains(&format!("active = {}", ring.active_id())));

    stage.keys = ring.clone();
    let store = stage.open().await;
    let id = connected(&store, "1").await.id;
    store.close().await;

    let needed = stored_key_fingerprint(&stage.url).await.unwrap();
    assert_eq!(needed.as_deref(), Some(ring.fingerprint().as_str()));
    let (again, origin) = open(&path, needed.as_deref()).unwrap();
    assert_eq!(origin, KeyOrigin::Loaded);
    stage.keys = again;
    assert_eq!(
        tokens(&stage.open().await, &id).await,
        texts("access-1", "refresh-1")
    );
}

/// R15: with sealed tokens in the database a lost key is an error, never a new key.
#[test]
fn a_missing_key_file_refuses_to_start_and_says_where_to_copy_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ring");
    let needed = KeyRing::ephemeral(&SystemEntropy).unwrap().fingerprint();
    let error = open(&path, Some(&needed)).unwrap_err();
    assert!(matches!(error, KeyError::Missing { .. }), "{error:?}");
    let message = error.to_string();
    for part in [
        path.display().to_string().as_str(),
        &needed,
        "Copy the key file",
    ] {
        assert!(message.contains(part), "{message}");
    }
    assert!(!path.exists(), "no key is made");
}

/// R16.
#[cfg(unix)]
#[test]
fn a_key_file_of_another_database_refuses_to_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ring");
    let (ring, _) = open(&path, None).unwrap();
    let needed = KeyRing::ephemeral(&SystemEntropy).unwrap().fingerprint();
    let error = open(&path, Some(&needed)).unwrap_err();
    assert!(matches!(error, KeyError::Wrong { .. }), "{error:?}");
    let message = error.to_string();
    assert!(
        message.contains(&needed) && message.contains(&ring.fingerprint()),
        "{message}"
    );
}

/// R18.
#[cfg(unix)]
#[test]
fn a_key_file_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ring");
    open(&path, None).unwrap();
    for loose in [0o640, 0o604, 0o602, 0o644] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(loose)).unwrap();
        let error = open(&path, None).unwrap_err();
        assert!(matches!(error, KeyError::Permissions { .. }), "{error:?}");
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o400)).unwrap();
    open(&path, None).unwrap();
}

#[test]
fn an_existing_file_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ring");
    std::fs::write(&path, "something else").unwrap();
    let error = KeyRing::generate(&path, &SystemEntropy).unwrap_err();
    assert!(matches!(error, KeyError::Exists { .. }), "{error:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "something else");
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_a_new_key_file_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let (path, target) = (folder.path().join("ring"), folder.path().join("elsewhere"));
    std::os::unix::fs::symlink(&target, &path).unwrap();
    assert!(matches!(
        KeyRing::generate(&path, &SystemEntropy),
        Err(KeyError::Exists { .. })
    ));
    assert!(matches!(
        open(&path, None),
        Err(KeyError::Unreadable { .. })
    ));
    assert!(!target.exists());
}

#[test]
fn of_many_first_starts_one_makes_the_key_and_all_use_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ring");
    let starts: Vec<_> = (0..8)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || open(&path, None).unwrap())
        })
        .collect();
    let rings: Vec<_> = starts
        .into_iter()
        .map(|start| start.join().unwrap())
        .collect();
    let created = rings
        .iter()
        .filter(|(_, origin)| *origin == KeyOrigin::Created)
        .count();
    assert_eq!(created, 1);
    let fingerprint = rings[0].0.fingerprint();
    assert!(
        rings
            .iter()
            .all(|(ring, _)| ring.fingerprint() == fingerprint)
    );
}
