# Splits texts as Hugging Face's Split steps with behavior Isolated do, with Perl's regular expressions.
#
#   perl word_splits.pl EXPRESSIONS TEXTS
#
# EXPRESSIONS has one expression per line, in the order of the steps. TEXTS are separated by a byte 0. Prints the sizes
# of each text's words in bytes, one line per text. It checks the runtime, with which it shares neither code nor tables.
use strict;
use warnings;
use Encode qw(decode_utf8 encode_utf8);

sub content_of {
    my ($path) = @_;
    local $/;
    open(my $file, '<:raw', $path) or die "$path: $!\n";
    return decode_utf8(scalar <$file>);
}

sub isolate {
    my ($step, $part) = @_;
    my @words;
    my $at = 0;
    while ($part =~ /$step/g) {
        push @words, substr($part, $at, $-[0] - $at) if $-[0] > $at;
        push @words, substr($part, $-[0], $+[0] - $-[0]);
        $at = $+[0];
    }
    push @words, substr($part, $at) if $at < length $part;
    return @words;
}

my @steps = map { qr/$_/u } split(/\n/, content_of($ARGV[0]));
for my $text (split(/\0/, content_of($ARGV[1]), -1)) {
    my @words = ($text);
    for my $step (@steps) {
        @words = map { isolate($step, $_) } @words;
    }
    print join(' ', map { length encode_utf8($_) } @words), "\n";
}
