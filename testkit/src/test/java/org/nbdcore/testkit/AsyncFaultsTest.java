package org.nbdcore.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.nbdcore.spi.AsyncResult;
import org.nbdcore.spi.BlockDevice;
import org.nbdcore.spi.CompletionHandler;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.PassThroughDevice;
import org.nbdcore.spi.helpers.BlockDevices;

/** Each mistake that a filter can make with asynchronous requests fails the contract. */
final class AsyncFaultsTest {

  /** What a filter tells its caller, when the layer below completes a request. */
  private interface Teller {
    void tell(CompletionHandler caller, AsyncResult result);
  }

  private static final class Telling extends PassThroughDevice {
    private final Teller teller;

    Telling(BlockDevice next, Teller teller) {
      super(next);
      this.teller = teller;
    }

    @Override
    public boolean readAsync(ByteBuffer dst, long offset, CompletionHandler completion)
        throws IOException {
      return BlockDevices.readAsync(next, dst, offset, result -> teller.tell(completion, result));
    }
  }

  private static FilterContractTest contract(Teller teller) {
    return new FilterContractTest() {
      @Override
      protected FilterProvider provider() {
        return WrappingProvider.wrapping(
            (request, next) -> new Telling(next.open(request), teller));
      }
    };
  }

  private static void isCaught(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(AssertionError.class).hasMessageContaining(message);
  }

  @Test
  void aFilterThatForwardsCompletionsPasses() throws Exception {
    FilterContractTest contract = contract(CompletionHandler::completed);
    contract.asyncRequestsCompleteOnceAndAfterTheLayerBelow();
    contract.failuresOfAsyncRequestsAreReported();
    contract.randomOperationsAgreeWithTheModel(2);
    contract.eightThreadsAgreeWithTheModel(14);
  }

  @Test
  void requestThatNeverCompletesIsCaught() {
    FilterContractTest contract = contract((caller, result) -> {});
    isCaught(
        contract::asyncRequestsCompleteOnceAndAfterTheLayerBelow,
        "once, but the filter has completed it 0 times");
  }

  @Test
  void requestThatCompletesTwiceIsCaught() {
    FilterContractTest contract =
        contract(
            (caller, result) -> {
              caller.completed(result);
              caller.completed(result);
            });
    isCaught(
        contract::asyncRequestsCompleteOnceAndAfterTheLayerBelow,
        "once, but the filter has completed it 2 times");
  }

  @Test
  void swallowedFailureOfAnAsyncRequestIsCaught() {
    FilterContractTest contract = contract((caller, result) -> caller.completed(() -> {}));
    isCaught(
        contract::failuresOfAsyncRequestsAreReported,
        "with ENOSPC, but the filter reports that it succeeded");
  }

  @Test
  void requestThatCompletesBeforeTheLayerBelowIsCaught() {
    FilterContractTest contract =
        new FilterContractTest() {
          @Override
          protected FilterProvider provider() {
            return WrappingProvider.wrapping(
                (request, next) ->
                    new PassThroughDevice(next.open(request)) {
                      @Override
                      public boolean readAsync(
                          ByteBuffer dst, long offset, CompletionHandler completion)
                          throws IOException {
                        boolean accepted = BlockDevices.readAsync(next, dst, offset, result -> {});
                        completion.completed(() -> {});
                        return accepted;
                      }
                    });
          }
        };
    isCaught(
        contract::asyncRequestsCompleteOnceAndAfterTheLayerBelow,
        "completed before the layer below had completed it");
  }
}
