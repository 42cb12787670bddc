package org.nbdcore.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code -u} and {@code -g} accept as the result; the change itself needs root. */
final class RunAsUserTest {

  /** Root, in root's groups. */
  private static final Identity ROOT = new Identity(new int[3], new int[3], new int[] {0, 10});

  private static RunAsUser runAs(String user, String group) throws Exception {
    return RunAsUser.of(Optional.ofNullable(user), Optional.ofNullable(group)).orElseThrow();
  }

  private static int[] thrice(long id) {
    return new int[] {(int) id, (int) id, (int) id};
  }

  @ParameterizedTest
  @ValueSource(strings = {"1234567", "2147483648", "3000000000", "4294967294"})
  void aProcessThatIsStillRootFailsTheUserCheck(String user) throws Exception {
    assertThatThrownBy(() -> runAs(user, null).check(ROOT))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("--user: the process is users [0,0,0]")
        .hasMessageEndingWith("user " + user);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1234567", "2147483648", "4294967294"})
  void aProcessThatIsStillInRootsGroupFailsTheGroupCheck(String group) throws Exception {
    assertThatThrownBy(() -> runAs(null, group).check(ROOT))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("--group: the process is users [0,0,0] groups [0,0,0]")
        .hasMessageEndingWith("group " + group);
  }

  @ParameterizedTest
  @CsvSource({"0, 7, 7, --user", "7, 0, 7, --user", "7, 7, 0, --user"})
  void theRealEffectiveAndSavedUserMustAllHaveChanged(
      int real, int effective, int saved, String option) throws Exception {
    Identity half = new Identity(new int[] {real, effective, saved}, thrice(8), new int[] {8});
    assertThatThrownBy(() -> runAs("7", "8").check(half)).hasMessageStartingWith(option);
  }

  @Test
  void aSupplementaryGroupThatWasKeptFailsTheCheck() throws Exception {
    Identity kept = new Identity(thrice(7), thrice(3_000_000_000L), new int[] {-1294967296, 0});
    assertThatThrownBy(() -> runAs("7", "3000000000").check(kept))
        .hasMessageContaining("+[3000000000,0]")
        .hasMessageEndingWith("supplementary groups [3000000000]");
  }

  @Test
  void idsAboveTwoToThe31AreAcceptedIfTheProcessHasThem() throws Exception {
    Identity changed =
        new Identity(
            thrice(4_000_000_000L), thrice(3_000_000_000L), new int[] {(int) 3_000_000_000L});
    assertThatCode(() -> runAs("4000000000", "3000000000").check(changed))
        .doesNotThrowAnyException();
  }

  @Test
  void theCurrentIdentityIsThatOfTheProcess() throws Exception {
    Identity now = Identity.current();
    assertThat(now.users()).hasSize(3);
    assertThat(now.isUser(Integer.toUnsignedLong(now.users()[0]))).isTrue();
    assertThat(now.hasGroups(now.supplementary())).isTrue();
  }
}
