package org.nbdcore.it;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Options that change what clients are offered, seen by a real client, and missed without them. */
@Tag("heavy")
class OptionIT {

  @TempDir Path folder;

  static List<ClientCase> cases() throws IOException {
    return ClientCase.all("options");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void clientsSeeTheEffectOfTheOptionOnlyWithIt(ClientCase optionCase) throws IOException {
    new ClientChecks(folder).check(optionCase);
  }
}
