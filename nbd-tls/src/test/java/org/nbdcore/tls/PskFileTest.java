package org.nbdcore.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PskFileTest {

  @TempDir private Path folder;

  private Path file(String text) throws Exception {
    return Files.writeString(folder.resolve("keys.psk"), text);
  }

  @Test
  void namesMayHaveColonsAndTheLastKeyOfANameWins() throws Exception {
    var keys = PskFile.read(file("b:0011aaff\n# a remark\n\na:c:22\nb:33\n"));
    assertThat(keys).containsOnlyKeys("b", "a:c");
    assertThat(keys.get("b")).containsExactly(0x33);
    assertThat(keys.get("a:c")).containsExactly(0x22);
  }

  @ParameterizedTest
  @ValueSource(strings = {"alice", ":0011", "alice:", "alice:123", "alice:secret"})
  void aMalformedLineIsReportedByItsNumberAndNotShown(String line) throws Exception {
    Path file = file("bob:00\n" + line + "\n");
    assertThatThrownBy(() -> PskFile.read(file))
        .isInstanceOfSatisfying(
            PskFile.MalformedLineException.class,
            failure -> {
              assertThat(failure.line()).isEqualTo(2);
              assertThat(failure).hasNoCause().hasMessageNotContaining("secret");
            });
  }
}
