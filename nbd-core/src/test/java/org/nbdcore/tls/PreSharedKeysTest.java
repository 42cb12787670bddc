package org.nbdcore.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.spi.ConfigException;

final class PreSharedKeysTest {

  @TempDir private Path folder;

  private Path file(String text) throws Exception {
    return Files.writeString(folder.resolve("keys.psk"), text);
  }

  @Test
  void aFileOfKeysMakesSessions() throws Exception {
    Path file = file("alice:0011aaff\n# a remark\n\nbob:22\n");
    assertThat(PreSharedKeys.load(file, TlsPriority.NORMAL).begin()).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"alice", "alice:", ":0011", "alice:xyz", "alice:012"})
  void aMalformedLineIsNamedByItsNumberAndNotShown(String line) throws Exception {
    Path file = file("bob:22\n" + line + "\n");
    assertThatThrownBy(() -> PreSharedKeys.load(file, TlsPriority.NORMAL))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("line 2")
        .hasMessageNotContaining(line);
  }

  @Test
  void anEmptyOrMissingFileIsNamed() throws Exception {
    Path empty = file("\n");
    assertThatThrownBy(() -> PreSharedKeys.load(empty, TlsPriority.NORMAL))
        .hasMessageContaining("no key");
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> PreSharedKeys.load(missing, TlsPriority.NORMAL))
        .hasMessageContaining(missing.toString());
  }
}
