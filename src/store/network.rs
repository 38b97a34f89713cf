//! File systems that are another machine's: SQLite's write-ahead log does not work there, since its readers share memory.

use std::path::Path;

/// How changes get into the database file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filing {
    /// By a write-ahead log: readers and the writer never wait for each other.
    Ahead,
    /// By a journal of what was before: slower, and it works where only files are shared.
    Rollback,
}

impl Filing {
    /// What a directory allows.
    pub(super) fn of(dir: &Path) -> Filing {
        if of(dir).is_some() { Filing::Rollback } else { Filing::Ahead }
    }

    /// As SQLite calls it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Filing::Ahead => "wal",
            Filing::Rollback => "delete",
        }
    }
}

/// The network file system a directory is on; `None` for a disk of this machine, or where the system does not say.
pub(super) fn of(dir: &Path) -> Option<&'static str> {
    #[cfg(target_os = "linux")]
    #[allow(clippy::useless_conversion, reason = "another width on other machines")]
    return name(i64::try_from(rustix::fs::statfs(dir).ok()?.f_type).ok()?);
    #[cfg(not(target_os = "linux"))]
    return None.filter(|_: &&str| dir.exists());
}

/// A network file system by its number in `statfs` (Linux, `statfs(2)` and `linux/magic.h`). FUSE may be a local one; nobody
/// can tell, and the slower way works there too.
fn name(magic: i64) -> Option<&'static str> {
    // Some are written as signed numbers of 32 bits.
    Some(match magic & 0xffff_ffff {
        0x6969 => "NFS",
        0xff53_4d42 | 0xfe53_4d42 | 0x517b => "SMB",
        0x6573_5546 => "FUSE (sshfs or the like)",
        0x5346_414f | 0x6b41_4653 => "AFS",
        0x7375_7245 => "Coda",
        0x0102_1997 => "9P",
        0x00c3_6400 => "Ceph",
        0x0bd0_0bd0 => "Lustre",
        0x4750_4653 => "GPFS",
        0x1983_0326 => "BeeGFS",
        0x0116_1970 => "GFS2",
        0x7461_636f => "OCFS2",
        0x564c => "NCP",
        0x786f_4256 => "a folder shared by VirtualBox",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disks_of_other_machines_are_known_by_their_numbers() {
        let rows =
            [(0x6969, "NFS"), (0xff53_4d42, "SMB"), (-11_317_950, "SMB"), (0x6573_5546, "FUSE (sshfs or the like)")];
        for (magic, expected) in rows {
            assert_eq!(name(magic), Some(expected), "{magic:#x}");
        }
        // ext4, btrfs, xfs, tmpfs, overlay, zfs.
        for local in [0xef53, 0x9123_683e, 0x5846_5342, 0x0102_1994, 0x794c_7630, 0x2fc1_2fc1] {
            assert_eq!(name(local), None, "{local:#x}");
        }
        assert_eq!(of(Path::new("/not/there")), None);
    }
}
