package org.nbdcore.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ContentAssertionsTest {

  private static void assertMessage(byte[] found, byte[] expected, String message) {
    assertThatThrownBy(() -> ContentAssertions.assertSame("disk", found, expected, 4096))
        .isInstanceOf(AssertionError.class)
        .hasMessage(message);
  }

  @Test
  void equalContentsPass() {
    ContentAssertions.assertSame("disk", new byte[] {1, 2}, new byte[] {1, 2}, 0);
  }

  @Test
  void onlyDifferenceIsReported() {
    assertMessage(
        new byte[] {1, 2, 3},
        new byte[] {1, 0x20, 3},
        "disk: the byte at 4097 is 0x02, but expected 0x20 (no other byte differs)");
  }

  @Test
  void firstOfSeveralDifferencesIsReported() {
    assertMessage(
        new byte[] {1, 2, 3},
        new byte[] {9, 2, 4},
        "disk: the byte at 4096 is 0x01, but expected 0x09 (2 bytes from there on differ)");
  }

  @Test
  void otherLengthIsReported() {
    assertMessage(new byte[3], new byte[2], "disk: 3 bytes, but expected 2");
  }
}
