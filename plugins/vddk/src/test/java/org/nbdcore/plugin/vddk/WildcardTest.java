package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WildcardTest {

  @ParameterizedTest
  @CsvSource({
    "*, anything/at all, true",
    "\\[ds\\] vm/*.vmdk, [ds] vm/disk.vmdk, true",
    "\\[ds\\] vm/*.vmdk, [ds] vm/deep/disk.vmdk, true",
    "\\[ds\\] vm/*.vmdk, [ds] vm/disk.vmx, false",
    "[ds] x, d x, true",
    "[ds] x, [ds] x, false",
    "disk[0-9].vmdk, disk7.vmdk, true",
    "disk[!0-9].vmdk, disk7.vmdk, false",
    "disk[^0-9].vmdk, diskx.vmdk, true",
    "disk[0-, disk[0-, true",
    "a[]]b, a]b, true",
    "a[\\]x]b, a]b, true",
    "a[\\d]b, a5b, false",
    "a[\\d]b, adb, true",
    "a[b&&c]d, a&d, true",
    "a?c, abc, true",
    "a?c, ac, false",
    "a.c, abc, false",
    "a\\*, a*, true",
    "a\\*, ab, false",
    "(x), (x), true",
    "a?c, a\uD83D\uDCBEc, true",
    "a??c, a\uD83D\uDCBEc, false",
    "[\uD83D\uDCBEx]y, \uD83D\uDCBEy, true",
    "\uD83D\uDCBE*, \uD83D\uDCBE1, true",
    "[[:alpha:]]*, web, true",
    "[[:alpha:]]*, ümlaut, true",
    "[[:alpha:]]*, 1web, false",
    "disk[[:digit:]_].vmdk, disk_.vmdk, true",
    "[![:space:]]x, ' x', false",
    "[[:x]y, :y, true"
  })
  void wildcardMatchesLikeAShellButAcrossSlashes(String wildcard, String name, boolean matches)
      throws Exception {
    assertThat(Wildcard.of(wildcard).matches(name)).isEqualTo(matches);
  }

  /** The login may have access to more files than the wildcard is meant to offer. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "[store] vm/../secret/s.vmdk",
        "[store] ../s.vmdk",
        "[store] vm/..",
        "[store]../s.vmdk",
        "[store] vm\\..\\s.vmdk",
        "[store] vm/.. /s.vmdk",
        ".."
      })
  void namesWithParentFoldersNeverMatch(String name) throws Exception {
    assertThat(Wildcard.of("*").matches(name)).isFalse();
  }

  @Test
  void dotsWithinANameMatch() throws Exception {
    for (String name : List.of("[a..b] vm/x..vmdk", "[store] vm/...", "[store] ..vm/x", "[..] x")) {
      assertThat(Wildcard.of("*").matches(name)).as(name).isTrue();
    }
  }

  @Test
  void errorForAnUnknownClassListsTheKnownOnes() {
    assertThatThrownBy(() -> Wildcard.of("[[:letter:]]"))
        .hasMessageContaining("alnum, alpha, blank")
        .hasMessageEndingWith("not 'letter'");
    assertThatThrownBy(() -> Wildcard.of(""))
        .hasMessage("must be a shell wildcard, not an empty string");
  }

  @Test
  void aReversedRangeIsRefused() {
    assertThatThrownBy(() -> Wildcard.of("[z-a]"))
        .hasMessageStartingWith("must be a shell wildcard, not '[z-a]'");
  }

  /** Any client may send a name. A matcher that tries all possible matches would take years. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void matchingIsFastForManyPossibleMatches() throws Exception {
    String name = "a".repeat(4096);
    assertThat(Wildcard.of("*a*a*a*a*[b]").matches(name)).isFalse();
    assertThat(Wildcard.of("*a*a*a*a*[b]").matches(name + "b")).isTrue();
    assertThat(Wildcard.of("a*ab*ab").matches("aab")).isFalse();
    assertThat(Wildcard.of("a*ab*ab").matches("aabab")).isTrue();
    assertThat(Wildcard.of("**x**").matches("axb")).isTrue();
  }
}
