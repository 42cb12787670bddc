package org.nbdcore.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code -v} shows what passes through the layers; flags choose how much of it. */
@Tag("heavy")
class DebugFlagsIT {

  @RegisterExtension final Sandbox box = new Sandbox();

  private List<String> debug(String... flags) {
    List<String> words = new ArrayList<>(List.of(flags));
    words.addAll(List.of("--filter=nofilter", "memory", "1M", "--run"));
    words.add("nbdcopy --connections=1 \"$uri\" null:");
    return box.nbdCore(words.toArray(String[]::new)).succeeded().err().lines().toList();
  }

  @Test
  void everyCallIsShownLayerByLayer() {
    assertThat(debug("-v"))
        .contains("nbd-core: memory[1]: debug: nofilter: open readonly=0 exportname=\"\" tls=0")
        .contains("nbd-core: memory[1]: debug: memory: open readonly=0 exportname=\"\" tls=0")
        .contains("nbd-core: memory[1]: debug: memory: get_size = 1048576")
        .anyMatch(line -> line.matches(".*: debug: nofilter: extents count=\\d+ offset=0.*"))
        .anyMatch(line -> line.endsWith("debug: memory: close"));
  }

  @Test
  void flagsTurnDataOrControlOff() {
    assertThat(debug("-v", "-D", "nbdkit.backend.datapath=0"))
        .noneMatch(line -> line.contains(" count="))
        .anyMatch(line -> line.contains("memory: open "));
    assertThat(debug("-v", "-D", "nbd-core.backend.controlpath=0"))
        .anyMatch(line -> line.contains(" count="))
        .noneMatch(line -> line.contains("memory: open ") || line.contains("get_size"));
  }

  @Test
  void withoutVerboseNothingIsShown() {
    assertThat(debug("-D", "nbdkit.backend.datapath=1")).isEmpty();
  }
}
