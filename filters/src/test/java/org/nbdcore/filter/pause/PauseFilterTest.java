package org.nbdcore.filter.pause;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nbdcore.filter.common.Chains;
import org.nbdcore.filter.common.ModelDisk;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterBlockDevice;
import org.nbdcore.spi.NbdException;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.StartContext;
import org.nbdcore.testkit.TestSession;

@Timeout(60)
final class PauseFilterTest {

  @TempDir Path folder;
  private final ModelDisk disk = new ModelDisk(4096);
  private final TestSession client = new TestSession();
  private Path socket;
  private Filter filter;
  private BlockDevice device;

  @BeforeEach
  void open() throws IOException {
    socket = folder.resolve("control");
    filter = Chains.filter(new PauseFilterProvider(), "pause-control=" + socket);
    filter.start(disk, StartContext.NONE);
    device = filter.open(client.request(""), disk);
  }

  @AfterEach
  void close() throws Exception {
    device.close();
    filter.close();
    assertThat(Files.exists(socket)).isFalse();
  }

  /** Sends commands of one byte each, and returns their replies. */
  private String command(String commands) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      channel.write(ByteBuffer.wrap(commands.getBytes(StandardCharsets.US_ASCII)));
      ByteBuffer replies = ByteBuffer.allocate(commands.length());
      while (replies.hasRemaining() && channel.read(replies) >= 0) {
        // the replies arrive one by one
      }
      return new String(replies.array(), 0, replies.position(), StandardCharsets.US_ASCII);
    }
  }

  private CompletableFuture<byte[]> read() {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return Chains.read(device, 0, 512);
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void requestsWaitUntilTheyAreResumed() throws Exception {
    assertThat(command("p")).isEqualTo("P");
    CompletableFuture<byte[]> read = read();
    assertThatThrownBy(() -> read.get(200, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    assertThat(command("r")).isEqualTo("R");
    assertThat(read.get(30, TimeUnit.SECONDS)).hasSize(512);
  }

  @Test
  void unknownCommandIsAnsweredWithX() throws Exception {
    assertThat(command("?r\np")).isEqualTo("XRXP");
    assertThat(command("r")).isEqualTo("R");
  }

  @Test
  void pauseIsConfirmedWhenRequestsInProgressHaveEnded() throws Exception {
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicBoolean done = new AtomicBoolean();
    BlockDevice slow =
        filter.open(
            OpenRequest.detached("", false),
            request ->
                new FilterBlockDevice(disk.open(request)) {
                  @Override
                  public void read(ByteBuffer dst, long offset) throws IOException {
                    reading.countDown();
                    try {
                      go.await();
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                    next.read(dst, offset);
                    done.set(true);
                  }
                });
    CompletableFuture<Void> read =
        CompletableFuture.runAsync(
            () -> {
              try {
                Chains.read(slow, 0, 512);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    reading.await();
    CompletableFuture<String> paused =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return command("p");
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    assertThatThrownBy(() -> paused.get(200, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    go.countDown();
    assertThat(paused.get(30, TimeUnit.SECONDS)).isEqualTo("P");
    assertThat(done).as("the read below has ended").isTrue();
    read.get(30, TimeUnit.SECONDS); // its thread may still be on its way back from the filter
    command("r");
    slow.close();
  }

  @Test
  void pausedRequestFailsWhenTheClientDisconnects() throws Exception {
    command("p");
    CompletableFuture<byte[]> read = read();
    client.disconnectClient();
    assertThatThrownBy(() -> read.get(30, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .rootCause()
        .isInstanceOf(NbdException.class)
        .hasMessage("the client disconnected while its request was paused");
  }

  @Test
  void socketThatCannotBeCreatedIsReported() {
    Filter other = Chains.filter(new PauseFilterProvider(), "pause-control=" + socket);
    assertThatThrownBy(() -> other.start(disk, StartContext.NONE))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("pause-control=" + socket + " cannot be used: ");
  }
}
