# Gives a guest its identity: one of its own when it is a clone of a frozen guest, its owner's name in any case.
# The host starts it through the guest agent. It reads orders from a port of the virtual machine, a line each: a verb,
# and its words in hexadecimal. Frozen while it waits, it goes on in every clone without a program being started.
# Only what Perl's base brings, which every Debian has. It ends with the host's connection.
use strict;
use warnings;
use Fcntl;
use POSIX ();
use Socket;

sysopen(my $port, '/dev/virtio-ports/org.darts.identity', O_RDWR) or die "no port: $!\n";
exit 0 if fork;
POSIX::setsid();
$0 = 'darts-identity';

# Numbers of system calls and requests: Linux' own headers.
my $is_arm = (POSIX::uname())[4] eq 'aarch64';
my ($CLOCK_SETTIME, $SCHED_SETSCHEDULER) = $is_arm ? (112, 119) : (227, 144);
my ($RNDADDENTROPY, $RNDRESEEDCRNG, $SIOCSIFHWADDR) = (0x40085203, 0x5207, 0x8924);

# A clone that wakes has much to catch up with: before all of that, who it is.
my ($FIFO, $priority) = (1, 50);
my $parameters = pack('i', $priority);
syscall($SCHED_SETSCHEDULER, 0, $FIFO, $parameters);

my %orders = (
    # New random numbers from the host: at once in the kernel, and for the next start.
    seed => sub {
        my ($bytes) = @_;
        sysopen(my $random, '/dev/urandom', O_RDWR) or die "/dev/urandom: $!\n";
        my $info = pack('i i a*', 8 * length $bytes, length $bytes, $bytes);
        ioctl($random, $RNDADDENTROPY, $info) or die "RNDADDENTROPY: $!\n";
        ioctl($random, $RNDRESEEDCRNG, 0) or die "RNDRESEEDCRNG: $!\n";
        sysread($random, my $next, 512);
        my $saved = '/var/lib/systemd/random-seed';
        write_file($saved, $next, 0600) if -e $saved;
        my $cookie = '/proc/sys/net/ipv4/tcp_fastopen_key';
        write_proc($cookie, join('-', unpack('H8 H8 H8 H8', $next))) if -e $cookie;
    },
    clock => sub {
        my ($seconds, $nanoseconds) = @_;
        syscall($CLOCK_SETTIME, 0, pack('q q', $seconds, $nanoseconds)) == 0 or die "clock_settime: $!\n";
    },
    'machine-id' => sub {
        my ($id) = @_;
        for my $file ('/etc/machine-id', '/var/lib/dbus/machine-id') {
            write_file($file, "$id\n", 0444) if -f $file && !-l $file;
        }
    },
    hostname => sub {
        my ($name) = @_;
        my $old = (POSIX::uname())[1];
        write_proc('/proc/sys/kernel/hostname', $name);
        write_file('/etc/hostname', "$name\n", 0644);
        edit('/etc/hosts', sub { s/(\s)\Q$old\E(?=\s|$)/$1$name/g });
    },
    # For what has remembered the old name. It may take its time: only a clone that waits is told.
    renamed => sub {
        my $hook = '/usr/local/lib/darts/renamed';
        system("chrt --other 0 $hook < /dev/null > /dev/null 2>&1 &") if -x $hook;
    },
    # No key is kept that another clone has: only the given one is left.
    'ssh-key' => sub {
        my ($private, $public) = @_;
        return if !-d '/etc/ssh' || !-x '/usr/sbin/sshd';
        unlink glob('/etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub');
        write_file('/etc/ssh/ssh_host_ed25519_key', $private, 0600);
        write_file('/etc/ssh/ssh_host_ed25519_key.pub', $public, 0644);
        my $pid = read_file('/run/sshd.pid');
        kill('HUP', $1) if defined $pid && $pid =~ /^(\d+)/;
    },
    # Before it is frozen: no key of the template is in any clone.
    'forget-keys' => sub { unlink glob('/etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub') },
    mac => sub {
        my ($old, $new) = @_;
        for my $file (glob('/sys/class/net/*/address')) {
            next if read_file($file) !~ /^\Q$old\E$/i;
            my ($name) = $file =~ m{^/sys/class/net/([^/]+)/};
            socket(my $socket, AF_INET, SOCK_DGRAM, 0) or die "socket: $!\n";
            my $request = pack('a16 S a14', $name, 1, pack('H12', $new =~ s/://gr));
            ioctl($socket, $SIOCSIFHWADDR, $request) or die "address of $name: $!\n";
        }
    },
    # The user keeps uid, home and what runs; the name is that of the session's owner where Linux takes it.
    account => sub {
        my ($uid, $name) = @_;
        # The files themselves: a name service is a library to load, and perhaps a server to ask.
        my $users = read_file('/etc/passwd') // '';
        my ($old) = $users =~ /^([^:\n]+):[^:\n]*:\Q$uid\E:/m or die "no user has the uid $uid\n";
        return if $old eq $name;
        my $taken = join "\n", $users, read_file('/etc/group') // '';
        my $takes = $name =~ /^[a-z_][a-z0-9_-]{0,31}$/ && $taken !~ /^\Q$name\E:/m;
        my $new = $takes ? $name : $old;
        edit('/etc/passwd', sub { s/^\Q$old\E:([^:]*:[^:]*:[^:]*):[^:]*/$new:$1:$name/ });
        for my $file ('/etc/shadow', '/etc/subuid', '/etc/subgid') {
            edit($file, sub { s/^\Q$old\E:/$new:/ });
        }
        for my $file ('/etc/group', '/etc/gshadow') {
            edit($file, sub { s/^\Q$old\E:/$new:/; s/([:,])\Q$old\E(?=,|$)/$1$new/g });
        }
    },
    run => sub {
        my ($script) = @_;
        my $file = '/tmp/personalise-' . unpack('H*', random_bytes());
        write_file($file, $script, 0700);
        my $said = `chrt --other 0 $file 2>&1 < /dev/null`;
        my $status = $?;
        unlink $file;
        die 'ended with ', $status >> 8, "\n", substr($said, -2000) if $status != 0;
    },
);

my ($unread, $failed) = ('', '');
while (sysread($port, my $chunk, 65536)) {
    $unread .= $chunk;
    while ($unread =~ s/^([^\n]*)\n//) { obey($1) }
}

# The first failure ends the round; `end` answers for all of it.
sub obey {
    my ($verb, @words) = split ' ', shift;
    return if !defined $verb;
    @words = map { pack 'H*', $_ } @words;
    if ($verb eq 'end') {
        syswrite $port, ($failed eq '' ? 'done' : 'failed') . " $words[0] " . unpack('H*', $failed) . "\n";
        $failed = '';
    } elsif ($failed eq '') {
        my $order = $orders{$verb} // sub { die "not known\n" };
        eval { $order->(@words); 1 } or $failed = "$verb: $@";
    }
}

sub read_file {
    my ($path) = @_;
    sysopen(my $file, $path, O_RDONLY) or return undef;
    local $/;
    my $text = <$file>;
    return $text;
}

sub write_file {
    my ($path, $text, $mode) = @_;
    my $new = "$path.new";
    unlink $new;
    sysopen(my $file, $new, O_CREAT | O_EXCL | O_WRONLY, 0600) or die "$new: $!\n";
    print {$file} $text;
    close $file or die "$new: $!\n";
    chmod $mode, $new;
    rename $new, $path or die "$path: $!\n";
}

sub write_proc {
    my ($path, $text) = @_;
    sysopen(my $file, $path, O_WRONLY) or die "$path: $!\n";
    syswrite($file, $text) // die "$path: $!\n";
}

# Changes a file line by line, in place: it keeps its owner and mode, and an emulated guest has less to do.
sub edit {
    my ($path, $change) = @_;
    sysopen(my $file, $path, O_RDWR) or return;
    sysread($file, my $text, -s $file) // return;
    my @lines = split /^/, $text;
    for (@lines) { $change->() }
    my $changed = join '', @lines;
    return if $changed eq $text;
    sysseek($file, 0, 0);
    syswrite($file, $changed) // die "$path: $!\n";
    truncate($file, length $changed) if length $changed < length $text;
}

sub random_bytes {
    sysopen(my $random, '/dev/urandom', O_RDONLY) or die "/dev/urandom: $!\n";
    sysread($random, my $bytes, 16);
    return $bytes;
}
