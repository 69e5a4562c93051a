# libredis-perl: Redis with `sentinels` and `service`, and Redis::Sentinel.

use strict;
use warnings;
use JSON::PP;
use Redis;
use Redis::Sentinel;
use Time::HiRes qw(time sleep);

use constant {TRY_S => 20, RETRY_S => 0.02, TIMEOUT_S => 2};

my $json = JSON::PP->new->canonical->allow_nonref;
my $config = $json->decode($ARGV[0]);
my $group = $config->{group};
my @sentinels = map { join ':', @$_ } @{$config->{sentinels}};
my $writer;

my @limits = (cnx_timeout => TIMEOUT_S, read_timeout => TIMEOUT_S, write_timeout => TIMEOUT_S);
my %words = (user => 'username', password => 'password');
my @options = (login('', ''), @limits);

# The arguments for logging in to nodes ('') or supervisors ('sentinel_'), whose names begin so.
sub login {
    my ($whose, $names) = @_;
    return map { defined $config->{$whose . $_} ? ($names . $words{$_} => $config->{$whose . $_}) : () } qw(user password);
}

# Until the code went through, or TRY_S are over.
sub insist {
    my ($code) = @_;
    my $limit = time + TRY_S;
    while (1) {
        my $value = eval { $code->() };
        return $value if !$@;
        die $@ if time > $limit;
        undef $writer;
        sleep RETRY_S;
    }
}

# The writer, found through the supervisors. `reconnect` lets Redis.pm ask them again by itself when its connection broke.
sub writer {
    return $writer //= Redis->new(sentinels => [@sentinels], service => $group, reconnect => 1, every => 20_000,
                                login('sentinel_', 'sentinels_'), @options);
}

# A connection to the first supervisor that answers.
sub sentinel {
    for my $address (@sentinels) {
        my $connection = eval { Redis::Sentinel->new(server => $address, login('sentinel_', ''), @limits) };
        return $connection if $connection;
    }
    die "no supervisor answers\n";
}

sub entries {
    return [map { {@$_} } @{sentinel()->sentinel(shift, $group)}];
}

sub living {
    return grep { $_->{flags} !~ /s_down|disconnected/ } @{entries('slaves')};
}

sub get_key {
    my ($key) = @_;
    my ($entry) = living();
    my $node = Redis->new(server => "$entry->{ip}:$entry->{port}", @options);
    return [$node->get($key), $node->role()->[0]];
}

sub fields {
    my $sentinel = sentinel();
    return {
        master => {@{$sentinel->sentinel('master', $group)}}, masters => [$sentinel->get_masters],
        replicas => entries('slaves'), sentinels => entries('sentinels'),
        address => $sentinel->get_service_address($group),
    };
}

my %verbs = (
    set => sub { my @words = @_; insist(sub { writer()->set(@words) }) },
    get => \&get_key,
    primary => sub { sentinel()->get_service_address($group) },
    replicas => sub { [map { "$_->{ip}:$_->{port}" } living()] },
    fields => \&fields,
    failover => sub { sentinel()->sentinel('failover', $group) eq 'OK' ? JSON::PP::true : JSON::PP::false },
);

$| = 1;
while (my $line = <STDIN>) {
    my ($verb, @words) = split ' ', $line;
    my $value = eval { $verbs{$verb}->(@words) };
    my $answer = $@ ? {error => "$@"} : {value => $value};
    print $json->encode($answer), "\n";
}
