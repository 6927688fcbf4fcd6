//! Throwaway PostgreSQL clusters with PostGIS: a private socket in a folder of their own, no TCP, fsync on.
//!
//! A shell watches over each: it holds the other end of a pipe, so when the test process ends, however it does (a
//! panic, kill -9), the pipe closes, and the shell stops the database and removes the folder. PostgreSQL refuses to run
//! as root; then everything of it runs as `postgres`, or as `nobody` where there is no such user.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// The database that schemas are made in.
const DATABASE: &str = "county";

const WATCH: &str = r#"
set -e
trap '' INT
umask 077
dir=$(mktemp -d "$1/wangge-pg.XXXXXX")
trap '"$2/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null 2>&1; rm -rf "$dir"' EXIT
trap exit TERM HUP
if [ -n "$3" ]; then
  "$2/pg_basebackup" -D "$dir/data" -d "host=$3 user=postgres application_name=standby" -R -X stream -c fast
else
  "$2/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-instructions >/dev/null
fi
cat >>"$dir/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$dir'
max_connections = 300
wal_level = replica
CONF
chmod 711 "$dir"
"$2/pg_ctl" -D "$dir/data" -l "$dir/log" -w start >/dev/null
echo "$dir"
read -r _ || true
"#;

/// A running cluster.
pub struct Cluster {
    watch: Child,
    dir: PathBuf,
}

impl Cluster {
    /// One that all tests of this process share; it ends with the process.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// One of one's own, which ends when dropped.
    pub fn start() -> Self {
        let cluster = Self::begin(Path::new(""));
        cluster.psql("postgres", &format!("CREATE DATABASE {DATABASE}"));
        cluster.psql(DATABASE, "CREATE EXTENSION postgis");
        cluster
    }

    /// A standby, which from now on has every commit before it is acknowledged.
    pub fn standby(&self) -> Self {
        let standby = Self::begin(&self.dir);
        self.psql(DATABASE, "ALTER SYSTEM SET synchronous_standby_names = 'standby'");
        self.psql(DATABASE, "SELECT pg_reload_conf()");
        // Hangs until the standby has it.
        self.psql(DATABASE, "CREATE TABLE public.replicated ()");
        standby
    }

    /// A standby that has commits some time after they are acknowledged.
    pub fn lagging_standby(&self) -> Self {
        Self::begin(&self.dir)
    }

    /// A cluster, empty or a standby of the one in a folder.
    fn begin(primary: &Path) -> Self {
        let mut command = as_user("sh");
        command.args(["-c", WATCH, "watch"]).arg(std::env::temp_dir()).arg(programs()).arg(primary);
        let mut watch = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(watch.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "PostgreSQL did not start: see the lines above");
        Self { watch, dir: PathBuf::from(line.trim()) }
    }

    /// The address of a store in a schema, as a role.
    pub fn url(&self, role: &str, schema: &str) -> String {
        format!("postgres:///{DATABASE}?host={}&user={role}&schema={schema}", self.dir.display())
    }

    /// A new schema's address, as the cluster's superuser.
    pub fn new_url(&self) -> String {
        self.url("postgres", &new_name())
    }

    /// The socket that it answers at.
    pub fn socket(&self) -> PathBuf {
        self.dir.join(".s.PGSQL.5432")
    }

    /// What GDAL calls a schema, as a role.
    pub fn gdal(&self, role: &str, schema: &str) -> String {
        format!("PG:dbname={DATABASE} host={} user={role} schemas={schema}", self.dir.display())
    }

    /// A connection as a role.
    pub async fn connect(&self, role: &str) -> PgConnection {
        let url = format!("postgres:///{DATABASE}?host={}&user={role}", self.dir.display());
        PgConnection::connect(&url).await.unwrap()
    }

    /// Runs SQL as a role.
    pub async fn sql(&self, role: &str, sql: &str) -> Result<(), sqlx::Error> {
        let mut connection = self.connect(role).await;
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await?;
        connection.close().await
    }

    /// `pg_ctl` on the cluster: `stop`, `start`, `restart`, `promote`, with whatever options.
    pub fn pg_ctl(&self, arguments: &[&str]) {
        let (data, log) = (self.dir.join("data"), self.dir.join("log"));
        let mut command = as_user(&programs().join("pg_ctl").display().to_string());
        command.arg("-D").arg(data).arg("-l").arg(log).arg("-w").args(arguments);
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status().unwrap();
        assert!(status.success(), "pg_ctl {arguments:?}: {status}");
    }

    fn psql(&self, database: &str, sql: &str) {
        let mut command = Command::new(programs().join("psql"));
        command.arg("-h").arg(&self.dir).args(["-U", "postgres", "-qX", "-d", database, "-c", sql]);
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status().unwrap();
        assert!(status.success(), "{sql}: {status}");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.watch.stdin.take());
        self.watch.wait().unwrap();
    }
}

/// A name for a schema or a role that no other test of this process has.
pub fn new_name() -> String {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    format!("t{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// The newest PostgreSQL for which there is PostGIS.
fn programs() -> PathBuf {
    let with_postgis = |version: &u32| {
        Path::new(&format!("/usr/share/postgresql/{version}/extension/postgis.control")).exists()
            && Path::new(&format!("/usr/lib/postgresql/{version}/bin/initdb")).exists()
    };
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let newest = versions
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(with_postgis)
        .max()
        .expect("expected PostgreSQL with PostGIS under /usr/lib/postgresql: tests/debian installs it");
    PathBuf::from(format!("/usr/lib/postgresql/{newest}/bin"))
}

/// A command as a user that PostgreSQL takes.
fn as_user(program: &str) -> Command {
    let mut command = if std::fs::metadata("/proc/self").unwrap().uid() == 0 {
        let users = std::fs::read_to_string("/etc/passwd").unwrap();
        let has = |name: &str| users.lines().any(|l| l.split(':').next() == Some(name));
        let (user, group) = if has("postgres") { ("postgres", "postgres") } else { ("nobody", "nogroup") };
        let mut command = Command::new("setpriv");
        command.args([&format!("--reuid={user}"), &format!("--regid={group}"), "--init-groups", program]);
        command
    } else {
        Command::new(program)
    };
    command.current_dir("/");
    command
}
