package org.nbdcore.server.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.nbdcore.server.FakeWire;

final class HandshakeLimitTest {

  @Test
  void overTheLimitTheClientThatIsSilentLongestIsDropped() {
    HandshakeLimit silent = new HandshakeLimit();
    FakeWire[] wires = new FakeWire[HandshakeLimit.MAX_CLIENTS + 2];
    StringBuilder dropped = new StringBuilder();
    for (int i = 0; i < wires.length; i++) {
      int number = i;
      wires[i] = new FakeWire(ByteBuffer.allocate(0));
      silent.add(wires[i], () -> dropped.append(number).append(' '));
      if (i == 1) {
        silent.remove(wires[0]);
        silent.add(wires[0], () -> dropped.append("0 "));
      }
    }
    assertThat(dropped).hasToString("1 0 ");
    silent.remove(wires[5]);
    silent.add(wires[5], () -> dropped.append("5 "));
    assertThat(dropped).hasToString("1 0 ");
  }
}
