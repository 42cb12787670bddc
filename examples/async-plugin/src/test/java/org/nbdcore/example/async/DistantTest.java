package org.nbdcore.example.async;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.AsyncResult;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.PluginProvider;
import org.nbdcore.testkit.PluginContractTest;

final class DistantTest extends PluginContractTest {

  private static final int SIZE = 100_001;

  @Override
  protected PluginProvider provider() {
    return new DistantProvider();
  }

  @Override
  protected List<String> parameters() {
    return List.of("size=" + SIZE, "latency=0");
  }

  @Override
  protected Capabilities expectedCapabilities() {
    return Capabilities.readWrite().withFlush(true).withMultiConn(true);
  }

  @Override
  protected byte[] expectedContents() {
    return new byte[SIZE];
  }

  @Test
  void asynchronousWritesCompleteAndAreReadBack() throws IOException, InterruptedException {
    int requests = 64;
    DistantStore store = new DistantStore(requests, Duration.ofMillis(50));
    CountDownLatch completed = new CountDownLatch(requests);
    try (DistantDevice device = new DistantDevice(store)) {
      for (int i = 0; i < requests; i++) {
        ByteBuffer src = ByteBuffer.allocateDirect(1).put(0, (byte) i);
        assertThat(device.writeAsync(src, i, Flags.NONE, result -> completed.countDown())).isTrue();
      }
      completed.await();
      ByteBuffer dst = ByteBuffer.allocate(requests);
      device.read(dst, 0);
      for (int i = 0; i < requests; i++) {
        assertThat(dst.get(i)).isEqualTo((byte) i);
      }
    }
  }

  @Test
  void theFailureOfAFutureIsTheResultOfTheRequest() throws IOException {
    DistantStore store = new DistantStore(1, Duration.ZERO);
    CompletableFuture<AsyncResult> result = new CompletableFuture<>();
    try (DistantDevice device = new DistantDevice(store)) {
      ByteBuffer readOnly = ByteBuffer.allocateDirect(1).asReadOnlyBuffer();
      assertThat(device.readAsync(readOnly, 0, result::complete)).isTrue();
      assertThatThrownBy(() -> result.join().join())
          .isInstanceOf(IOException.class)
          .hasCauseInstanceOf(ReadOnlyBufferException.class);
    }
  }
}
