//! A secret from a person or a program: typed at the terminal without showing it, or the first line of a file or of
//! stdin. Wiped from memory when it is no longer needed.

use std::io::{self, BufRead, IsTerminal as _};

use secrecy::SecretString;
use zeroize::Zeroizing;

/// More than any password has, in bytes.
const LONGEST: u64 = 4096;

/// Whether a person types.
pub(crate) fn is_typed() -> bool {
    io::stdin().is_terminal()
}

/// Asks at the terminal, without showing what is typed. None when nothing was typed, or it was called off.
pub(crate) fn ask(question: &str) -> io::Result<Option<SecretString>> {
    terminal::read_hidden(question)
}

/// The first line, without its end. None when it is empty.
pub(crate) fn first_line(from: impl BufRead) -> io::Result<Option<SecretString>> {
    let mut text = Zeroizing::new(String::with_capacity(
        usize::try_from(LONGEST).unwrap_or_default(),
    ));
    from.take(LONGEST).read_line(&mut text)?;
    let line = text.trim_end_matches(['\r', '\n']);
    Ok((!line.is_empty()).then(|| SecretString::from(line)))
}

/// What has been typed so far. The terminal hands over key by key, so what its own line editing does is done here.
#[derive(Default)]
struct Typed {
    bytes: Zeroizing<Vec<u8>>,
}

/// What a key leads to.
#[derive(Debug, PartialEq, Eq)]
enum Key {
    Goes,
    Ends,
    Cancels,
}

impl Typed {
    fn key(&mut self, byte: u8) -> Key {
        const INTERRUPT: u8 = 3;
        const END_OF_INPUT: u8 = 4;
        const WIPE: u8 = 0x15;
        match byte {
            b'\r' | b'\n' => return Key::Ends,
            INTERRUPT | END_OF_INPUT => return Key::Cancels,
            WIPE => self.bytes.clear(),
            8 | 0x7f => self.erase(),
            0..0x20 => {}
            // Never grows beyond what was set aside: a copy left behind would not be wiped.
            _ if self.bytes.len() < self.bytes.capacity() => self.bytes.push(byte),
            _ => {}
        }
        Key::Goes
    }

    /// Takes one character back, which may have several bytes.
    fn erase(&mut self) {
        while let Some(byte) = self.bytes.pop() {
            if byte & 0b1100_0000 != 0b1000_0000 {
                return;
            }
        }
    }

    fn into_secret(self) -> Option<SecretString> {
        let text = std::str::from_utf8(&self.bytes).ok()?;
        (!text.is_empty()).then(|| SecretString::from(text))
    }
}

#[cfg(unix)]
mod terminal {
    use std::fs::{File, OpenOptions};
    use std::io::{self, Read as _, Write as _};

    use rustix::termios::{
        LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
    };
    use secrecy::SecretString;
    use zeroize::Zeroizing;

    use super::{Key, LONGEST, Typed};

    /// Asks at the terminal of this process, whatever stdin and stderr are. Signals are off while it is quiet: a
    /// process that ends here would leave the terminal without an echo.
    pub(super) fn read_hidden(question: &str) -> io::Result<Option<SecretString>> {
        let mut terminal = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
        let quiet = Quiet::begin(&terminal)?;
        terminal.write_all(question.as_bytes())?;
        let mut typed = Typed {
            bytes: Zeroizing::new(Vec::with_capacity(usize::try_from(LONGEST).unwrap_or(1024))),
        };
        let mut byte = [0_u8; 1];
        let ended = loop {
            if terminal.read(&mut byte)? == 0 {
                break Key::Cancels;
            }
            match typed.key(byte[0]) {
                Key::Goes => {}
                ended => break ended,
            }
        };
        drop(quiet);
        terminal.write_all(b"\n")?;
        Ok((ended == Key::Ends).then(|| typed.into_secret()).flatten())
    }

    /// No echo until it is dropped.
    struct Quiet {
        terminal: File,
        before: Termios,
    }

    impl Quiet {
        fn begin(terminal: &File) -> io::Result<Self> {
            let before = tcgetattr(terminal)?;
            let mut quiet = before.clone();
            quiet.local_modes.remove(
                LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG,
            );
            quiet.special_codes[SpecialCodeIndex::VMIN] = 1;
            quiet.special_codes[SpecialCodeIndex::VTIME] = 0;
            let terminal = terminal.try_clone()?;
            tcsetattr(&terminal, OptionalActions::Flush, &quiet)?;
            Ok(Self { terminal, before })
        }
    }

    impl Drop for Quiet {
        fn drop(&mut self) {
            let _ = tcsetattr(&self.terminal, OptionalActions::Flush, &self.before);
        }
    }
}

/// Elsewhere the passphrase comes from a file or from stdin.
#[cfg(not(unix))]
mod terminal {
    use std::io;

    use secrecy::SecretString;

    pub(super) fn read_hidden(_question: &str) -> io::Result<Option<SecretString>> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn type_in(keys: &[u8]) -> (Key, Option<String>) {
        let mut typed = Typed {
            bytes: Zeroizing::new(Vec::with_capacity(32)),
        };
        for key in keys {
            match typed.key(*key) {
                Key::Goes => {}
                ended => {
                    let text = typed.into_secret();
                    return (ended, text.map(|text| text.expose_secret().to_owned()));
                }
            }
        }
        panic!("not ended")
    }

    #[test]
    fn typing_can_be_corrected_and_cancelled() {
        let text = |text: &str| (Key::Ends, Some(text.to_owned()));
        assert_eq!(type_in(b"abc\n"), text("abc"));
        assert_eq!(type_in(b"abd\x7fc\r"), text("abc"));
        assert_eq!(type_in("aé\u{8}b\n".as_bytes()), text("ab"));
        assert_eq!(type_in(b"wrong\x15right\n"), text("right"));
        assert_eq!(type_in(b"a\x1bb\n"), text("ab"));
        assert_eq!(type_in(b"\x7f\n"), (Key::Ends, None));
        assert_eq!(type_in(b"ab\x03").0, Key::Cancels);
        assert_eq!(
            type_in(&[b'x'; 40].into_iter().chain([b'\n']).collect::<Vec<_>>()),
            text(&"x".repeat(32))
        );
    }

    #[test]
    fn the_first_line_is_what_counts() {
        let line = |text: &str| {
            let line = first_line(text.as_bytes()).unwrap();
            line.map(|line| line.expose_secret().to_owned())
        };
        assert_eq!(line("one two \r\nmore"), Some("one two ".to_owned()));
        assert_eq!(line("alone"), Some("alone".to_owned()));
        assert_eq!(line(""), None);
        assert_eq!(line("\nmore"), None);
        assert_eq!(line(&"x".repeat(5000)).unwrap().len(), 4096);
    }
}
