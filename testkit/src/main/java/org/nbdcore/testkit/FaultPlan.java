package org.nbdcore.testkit;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.nbdcore.spi.NbdError;
import org.nbdcore.spi.NbdException;

/**
 * A list of rules that say which calls of {@link FaultyDevice}s fail. If several rules apply to a
 * call, the first one counts. A rule counts the calls on all devices that share the plan, from the
 * moment when the rule is added. Safe for use by several threads.
 */
public final class FaultPlan {

  /** Any operation except {@link Operation#CLOSE}. */
  private static final @Nullable Operation ANY = null;

  private interface Choice {
    boolean strikes(long nth);
  }

  private static final class Rule {
    final @Nullable Operation operation;
    final Choice choice;
    final Fault fault;
    long seen;

    Rule(@Nullable Operation operation, Choice choice, Fault fault) {
      this.operation = operation;
      this.choice = choice;
      this.fault = fault;
    }

    boolean covers(Operation called) {
      return operation == ANY ? called != Operation.CLOSE : operation == called;
    }
  }

  /**
   * The effect on a call.
   *
   * @param error the error of the call; empty if the call is only held
   * @param kills whether all later calls of the device fail too
   * @param gate holds the call until the test releases it
   */
  record Fault(Optional<NbdError> error, boolean kills, Optional<HeldCall> gate) {}

  private final List<Rule> rules = new ArrayList<>();
  private final Map<Operation, Long> counts = new EnumMap<>(Operation.class);

  /** Fails every call of an operation. */
  public FaultPlan failEvery(Operation operation, NbdError error) {
    return add(operation, nth -> true, new Fault(Optional.of(error), false, Optional.empty()));
  }

  /** Fails one call of an operation, counted from 1. */
  public FaultPlan failNth(Operation operation, int n, NbdError error) {
    return add(operation, nth -> nth == n, new Fault(Optional.of(error), false, Optional.empty()));
  }

  /** Fails the first {@code count} calls of an operation. Later calls work. */
  public FaultPlan failFirst(Operation operation, int count, NbdError error) {
    return add(
        operation, nth -> nth <= count, new Fault(Optional.of(error), false, Optional.empty()));
  }

  /** Fails one call, counted from 1 over all operations except close. */
  public FaultPlan failNthCall(int n, NbdError error) {
    return add(ANY, nth -> nth == n, new Fault(Optional.of(error), false, Optional.empty()));
  }

  /**
   * Fails calls of an operation at random.
   *
   * @param probability from 0 to 1
   */
  public FaultPlan failRandomly(
      Operation operation, double probability, long seed, NbdError error) {
    Random random = new Random(seed);
    return add(
        operation,
        nth -> random.nextDouble() < probability,
        new Fault(Optional.of(error), false, Optional.empty()));
  }

  /**
   * At one call of an operation, counted from 1, the device dies: this and all its later calls
   * fail.
   */
  public FaultPlan dieAtNth(Operation operation, int n, NbdError error) {
    return add(operation, nth -> nth == n, new Fault(Optional.of(error), true, Optional.empty()));
  }

  /** Holds one call of an operation, counted from 1, until {@link HeldCall#release}. */
  public HeldCall holdNth(Operation operation, int n) {
    HeldCall gate = new HeldCall();
    add(operation, nth -> nth == n, new Fault(Optional.empty(), false, Optional.of(gate)));
    return gate;
  }

  /** Removes all rules. Devices that died stay dead. */
  public synchronized FaultPlan clear() {
    rules.clear();
    return this;
  }

  /** The number of calls of an operation, failed ones included. */
  public synchronized long calls(Operation operation) {
    return counts.getOrDefault(operation, 0L);
  }

  private synchronized FaultPlan add(@Nullable Operation operation, Choice choice, Fault fault) {
    rules.add(new Rule(operation, choice, fault));
    return this;
  }

  /** Counts a call and returns its fault: that of the first rule that applies. */
  synchronized Optional<Fault> next(Operation operation) {
    counts.merge(operation, 1L, Long::sum);
    Optional<Fault> struck = Optional.empty();
    for (Rule rule : rules) {
      if (rule.covers(operation) && rule.choice.strikes(++rule.seen) && struck.isEmpty()) {
        struck = Optional.of(rule.fault);
      }
    }
    return struck;
  }

  static NbdException failure(Operation operation, NbdError error) {
    return new NbdException(error, "planned failure of " + operation + " with " + error);
  }
}
