//! A PostgreSQL of the tests' own: in a temporary folder, on a free port of loopback, gone with the tests.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use sqlx::{Connection, Executor, PgConnection};

const MISSING: &str = "PostgreSQL is missing: `node scripts/setup.mjs postgres` installs it, on Debian the same as \
                       `sudo apt-get install postgresql`; or set POSTGRES_BIN to the folder of initdb and postgres";

/// A server, for all tests of a program.
pub struct Cluster {
    port: u16,
    /// Ends the server when this program ends, however it ends: it reads from a pipe that this program holds open.
    _keeper: Child,
}

impl Cluster {
    /// Starts a server with settings of its own.
    pub fn start(settings: &[&str]) -> Self {
        // Whoever takes the port between its choice and its use makes the server fail: then another one.
        let mut told = String::new();
        for _ in 0..3 {
            match Self::try_start(settings) {
                Ok(cluster) => return cluster,
                Err(log) => told = log,
            }
        }
        panic!("PostgreSQL did not start: {told}");
    }

    fn try_start(settings: &[&str]) -> Result<Self, String> {
        let bin = bin();
        let folder = tempfile::Builder::new().prefix("leadkeep-postgres-").tempdir().unwrap().keep();
        let user = ordinary_user(&folder);
        let data = folder.join("data");
        let made = as_user(Command::new(bin.join("initdb")), user)
            .args(["--auth=trust", "--username=leadkeep", "--encoding=UTF8", "--locale=C", "--no-sync", "--pgdata"])
            .arg(&data)
            .current_dir(&folder)
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        Self::serve(&bin, &folder, user, settings)
    }

    fn serve(bin: &Path, folder: &Path, user: Option<(u32, u32)>, settings: &[&str]) -> Result<Self, String> {
        const KEEPER: &str = r#"folder=$1; shift; "$@" & read -r _; kill -INT $!; wait $!; rm -rf "$folder""#;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let log = folder.join("log");
        let output = File::create(&log).unwrap();
        let mut keeper = as_user(Command::new("sh"), user)
            .args(["-c", KEEPER, "sh"])
            .arg(folder)
            .arg(bin.join("postgres"))
            .arg("-D")
            .arg(folder.join("data"))
            .args(["-p", &port.to_string(), "-h", "127.0.0.1", "-c", "max_connections=300", "-k"])
            .arg(folder)
            .args(settings)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .unwrap();
        let deadline = Instant::now() + Duration::from_secs(60);
        let log = loop {
            let text = std::fs::read_to_string(&log).unwrap();
            if text.contains("ready to accept connections") {
                return Ok(Self { port, _keeper: keeper });
            }
            if text.contains("FATAL") || keeper.try_wait().unwrap().is_some() || Instant::now() > deadline {
                break text;
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        // Without its pipe it cleans up.
        let _ = keeper.wait();
        Err(log)
    }

    /// A new database, by its URL.
    pub async fn database(&self) -> String {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("leads_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut server = PgConnection::connect(&self.url("postgres")).await.unwrap();
        server.execute(format!("CREATE DATABASE {name}").as_str()).await.unwrap();
        server.close().await.unwrap();
        self.url(&name)
    }

    fn url(&self, database: &str) -> String {
        format!("postgres://leadkeep@127.0.0.1:{}/{database}?sslmode=disable", self.port)
    }
}

/// The folder of the server's programs: what is named, what PATH has, the newest that Debian has put aside.
fn bin() -> PathBuf {
    let named = std::env::var_os("POSTGRES_BIN").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut debian: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|versions| versions.flatten().map(|version| version.path().join("bin")).collect())
        .unwrap_or_default();
    debian.sort_by_key(|bin| bin.parent().and_then(|v| v.file_name()?.to_str()?.parse().ok()).unwrap_or(0_u32));
    let mut places = named.into_iter().chain(std::env::split_paths(&path)).chain(debian.into_iter().rev());
    places.find(|bin| bin.join("initdb").exists() && bin.join("postgres").exists()).expect(MISSING)
}

/// PostgreSQL refuses root, so root becomes `postgres` or `nobody` for it.
fn ordinary_user(folder: &Path) -> Option<(u32, u32)> {
    if folder.metadata().unwrap().uid() != 0 {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap();
    let user = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut ids = line.split(':').skip(2).map(|id| id.parse().unwrap());
        Some((ids.next()?, ids.next()?))
    };
    let (uid, gid) = user("postgres").or_else(|| user("nobody")).expect("a user postgres or nobody");
    chown(folder, Some(uid), Some(gid)).unwrap();
    Some((uid, gid))
}

fn as_user(mut command: Command, user: Option<(u32, u32)>) -> Command {
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command
}
