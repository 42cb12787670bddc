package org.nbdcore.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.nbdcore.client.ConnectOptions;
import org.nbdcore.client.NbdClient;
import org.nbdcore.client.NbdClientException;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.ExtentSink;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.Flags;
import org.nbdcore.spi.NbdError;
import org.nbdcore.testkit.FaultPlan;
import org.nbdcore.testkit.FaultyDevice;
import org.nbdcore.testkit.ModelDevice;
import org.nbdcore.testkit.Operation;

/** The 64-bit extension, used by the client library. */
final class ExtendedClientTest {

  private static final int SIZE = 1 << 20;
  private static final long HUGE = 1L << 44;
  private static final long SEED = 64;

  private static TestServer serve(BlockDevice device, boolean extended) throws Exception {
    return TestServer.serve(TestPlugin.of(device), options -> options.extendedHeaders = extended);
  }

  private static NbdClient connect(TestServer server) throws IOException {
    return NbdClient.connect(server.address(), ConnectOptions.defaults().withExtendedHeaders(true));
  }

  /** A large disk that records its calls. Its extents are a hole of 1 TiB, then data. */
  private static BlockDevice huge(List<String> calls) {
    return new FilterBlockDevice(new ModelDevice(SIZE)) {
      @Override
      public long size() {
        return HUGE;
      }

      @Override
      public void trim(long offset, long length, Flags flags) {
        calls.add("trim " + offset + "+" + length);
      }

      @Override
      public void zero(long offset, long length, Flags flags) {
        calls.add("zero " + offset + "+" + length);
      }

      @Override
      public void cache(long offset, long length) {
        calls.add("cache " + offset + "+" + length);
      }

      @Override
      public void extents(long offset, long length, Flags flags, ExtentSink sink) {
        sink.add(offset, 1L << 40, ExtentSink.HOLE | ExtentSink.ZERO);
        sink.add(offset + (1L << 40), length, ExtentSink.DATA);
      }
    };
  }

  @Test
  void requestsOfMoreThanFourGigabytesAreNotSplit() throws Exception {
    List<String> calls = new ArrayList<>();
    List<String> extents = new ArrayList<>();
    try (TestServer server = serve(huge(calls), true);
        NbdClient client = connect(server)) {
      assertThat(client.extendedHeaders()).isTrue();
      long length = (5L << 32) + 512;
      client.trim(8, length, Flags.NONE);
      client.zero(8, length, Flags.MAY_TRIM);
      client.cache(8, length);
      client.blockStatus(
          0,
          HUGE,
          Flags.NONE,
          (context, at, size, flags) -> extents.add(at + "+" + size + ":" + flags));
    }
    assertThat(calls)
        .containsExactly("trim 8+21474836992", "zero 8+21474836992", "cache 8+21474836992");
    assertThat(extents).containsExactly("0+1099511627776:3", "1099511627776+16492674416640:0");
  }

  @Test
  void clientFallsBackToStructuredReplies() throws Exception {
    List<String> calls = new ArrayList<>();
    try (TestServer server = serve(huge(calls), false);
        NbdClient client = connect(server)) {
      assertThat(client.extendedHeaders()).isFalse();
      assertThat(client.structuredReplies()).isTrue();
      client.zero(0, 5L << 32, Flags.MAY_TRIM);
    }
    assertThat(calls).hasSize(6).startsWith("zero 0+4294901760");
  }

  @Test
  void invalidRequestsAreRefusedByTheClientAndTheConnectionContinues() throws Exception {
    ModelDevice device = new ModelDevice(SIZE, ModelDevice.everything().withFastZero(false));
    try (TestServer server = serve(device, true);
        NbdClient client = connect(server)) {
      assertThatThrownBy(() -> client.zero(0, 512, Flags.MAY_TRIM.with(Flags.FAST_ZERO)))
          .hasMessageContaining("does not offer");
      assertThatThrownBy(() -> client.read(ByteBuffer.allocate(2), SIZE - 1))
          .hasMessageContaining("the export has");
      client.flush();
    }
  }

  @Test
  void errorsOfTheServerFailOnlyTheirRequest() throws Exception {
    FaultPlan plan = new FaultPlan();
    plan.failNth(Operation.READ, 1, NbdError.EIO);
    plan.failNth(Operation.ZERO, 1, NbdError.ENOSPC);
    try (TestServer server = serve(new FaultyDevice(new ModelDevice(SIZE), plan), true);
        NbdClient client = connect(server)) {
      assertThat(client.extendedHeaders()).isTrue();
      assertFails(NbdError.EIO, () -> client.read(ByteBuffer.allocate(512), 0));
      assertFails(NbdError.ENOSPC, () -> client.zero(0, 512, Flags.MAY_TRIM));
      client.read(ByteBuffer.allocate(512), 0);
      client.zero(0, 512, Flags.MAY_TRIM);
    }
  }

  private static void assertFails(NbdError error, ThrowingCallable request) {
    assertThatThrownBy(request)
        .isInstanceOfSatisfying(
            NbdClientException.class, e -> assertThat(e.error()).contains(error));
  }

  @Test
  void randomRequestsMatchAModelInMemory() throws Exception {
    Random random = new Random(SEED);
    byte[] model = new byte[SIZE];
    ModelDevice device = new ModelDevice(SIZE);
    try (TestServer server = serve(device, true);
        NbdClient client = connect(server)) {
      for (int i = 0; i < 400; i++) {
        int offset = random.nextInt(SIZE - 1);
        int length = 1 + random.nextInt(Math.min(SIZE - offset, 1 << random.nextInt(19)));
        String what = "seed " + SEED + ", request " + i + ": " + offset + "+" + length;
        switch (random.nextInt(4)) {
          case 0:
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            client.write(
                ByteBuffer.wrap(bytes), offset, random.nextBoolean() ? Flags.FUA : Flags.NONE);
            System.arraycopy(bytes, 0, model, offset, length);
            break;
          case 1:
            client.zero(offset, length, Flags.MAY_TRIM);
            Arrays.fill(model, offset, offset + length, (byte) 0);
            break;
          case 2:
            assertExtentsCover(client, offset, length, what);
            break;
          default:
            ByteBuffer read = ByteBuffer.allocate(length);
            client.read(read, offset);
            assertThat(read.array())
                .as(what)
                .isEqualTo(Arrays.copyOfRange(model, offset, offset + length));
        }
      }
    }
    assertThat(device.contents()).as("seed %d", SEED).isEqualTo(model);
  }

  private static void assertExtentsCover(NbdClient client, long offset, long length, String what)
      throws IOException {
    long[] end = {offset};
    client.blockStatus(
        offset,
        length,
        Flags.NONE,
        (context, at, size, flags) -> {
          assertThat(at).as(what).isEqualTo(end[0]);
          end[0] = at + size;
        });
    assertThat(end[0]).as(what).isGreaterThan(offset).isLessThanOrEqualTo(SIZE);
  }
}
