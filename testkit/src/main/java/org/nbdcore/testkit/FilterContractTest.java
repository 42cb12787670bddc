package org.nbdcore.testkit;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nbdcore.spi.Capabilities;
import org.nbdcore.spi.Filter;
import org.nbdcore.spi.FilterProvider;
import org.nbdcore.spi.OpenRequest;
import org.nbdcore.spi.Support;

/**
 * Contract tests for a filter. Extend this class and declare the filter, its parameters, and how a
 * disk looks through it. The tests run the filter on {@link ModelDevice}s with different
 * capabilities, which detect calls that violate the contract.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
public abstract class FilterContractTest {

  private final FilterFixture bench = new FilterFixture(this);
  private final FilterDataContract data = new FilterDataContract(bench);
  private final FilterFlagsContract flags = new FilterFlagsContract(bench);
  private final FilterFailureContract failures = new FilterFailureContract(bench);
  private final FilterAsyncContract async = new FilterAsyncContract(bench);
  private final FilterClosingContract closing = new FilterClosingContract(bench);

  /** Creates the provider under test; a new one at each call. */
  protected abstract FilterProvider provider();

  /** The parameters, each {@code key=value}; by default none. */
  protected List<String> parameters() throws IOException {
    return List.of();
  }

  /**
   * Returns the filter to test. By default this is the filter that the provider created. For a
   * filter that reads a format, you may return a filter that also inserts a layer below it, which
   * adds the format's metadata to the disk.
   */
  protected Filter prepared(Filter filter) {
    return filter;
  }

  /** The size in bytes of the disk below; by default 128 KiB. */
  protected int sizeBelow() {
    return 1 << 17;
  }

  /**
   * Returns the contents that a client reads through the filter; by default unchanged. May return
   * its argument.
   *
   * @param below the contents of the disk below
   */
  protected byte[] view(byte[] below) {
    return below;
  }

  /** True if writes reach the disk below, at the latest with a flush. By default true. */
  protected boolean writesReachBelow() {
    return true;
  }

  /** True if an operation fails when the layer below fails. By default true. */
  protected boolean passesErrors() {
    return true;
  }

  /**
   * True if the filter closes a device of the layer below together with the connection's device.
   * False if it closes it when the filter itself is closed. By default true.
   */
  protected boolean closesWithItsClients() {
    return true;
  }

  /** Capabilities of the disks below. The tests run once for each. */
  protected List<Capabilities> capabilitiesBelow() {
    Capabilities all = ModelDevice.everything();
    Capabilities blocks = all.withBlockSizes(all.blockSizes().withMinimum(512).withMaximum(65536));
    return List.of(
        all,
        blocks,
        blocks.withLenient(true),
        all.withFua(Support.EMULATE).withFastZero(false).withCache(Support.NONE),
        Capabilities.readWrite(),
        Capabilities.readOnly().withExtents(true),
        Capabilities.readOnly());
  }

  /** The request that opens the filter's disk. */
  protected OpenRequest request() {
    return new TestSession().request("");
  }

  @Test
  void providerDescribesItself() {
    ProviderRules.check(provider());
  }

  @Test
  void providerIsFoundByServiceLoader() {
    ProviderRules.checkIsFound(FilterProvider.class, provider());
  }

  @Test
  void filterThatWasNeverStartedCloses() throws Exception {
    closing.neverStarted();
  }

  @Test
  void diskLooksAsTheFilterPromises() throws Exception {
    data.looksAsPromised();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4})
  void randomOperationsAgreeWithTheModel(long seed) throws Exception {
    data.randomOperations(seed);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {11, 14})
  void eightThreadsAgreeWithTheModel(long seed) throws Exception {
    data.eightThreads(seed);
  }

  @Test
  void flushAndForceUnitAccessReachTheDiskBelow() throws Exception {
    flags.durable();
  }

  @Test
  void flagsOfZeroReachTheDiskBelow() throws Exception {
    flags.zeroes();
  }

  @Test
  void failuresBelowAreReported() throws Exception {
    failures.reported();
  }

  @Test
  void asyncRequestsCompleteOnceAndAfterTheLayerBelow() throws Exception {
    async.completions();
  }

  @Test
  void failuresOfAsyncRequestsAreReported() throws Exception {
    async.failures();
  }

  @Test
  void writesToAReadOnlyDiskAreRefused() throws Exception {
    data.readOnlyBelow();
  }

  @Test
  void closingClosesTheNextDeviceOnce() throws Exception {
    closing.once();
  }

  @Test
  void closingClosesTheNextDeviceEvenIfThatFails() throws Exception {
    closing.evenIfThatFails();
  }

  @Test
  void failureToOpenLeavesNothingOpen() throws Exception {
    failures.toOpen();
  }
}
