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
 * The planned faults, in order, of {@link FaultyDevice}s follow. Calls are counted over all devices
 * that share the plan, from the moment a rule is added. Safe for use by many threads.
 */
public final class FaultPlan {

  /** Every operation that is not {@link Operation#CLOSE}. */
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
   * @param error with which it fails, unless it is held only
   * @param kills whether the device fails all later calls too
   * @param gate before which the call is held
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

  /** Fails the first calls of an operation; those after them work. */
  public FaultPlan failFirst(Operation operation, int count, NbdError error) {
    return add(
        operation, nth -> nth <= count, new Fault(Optional.of(error), false, Optional.empty()));
  }

  /** Fails one call of whatever operation but close, counted from 1. */
  public FaultPlan failNthCall(int n, NbdError error) {
    return add(ANY, nth -> nth == n, new Fault(Optional.of(error), false, Optional.empty()));
  }

  /**
   * Fails calls of an operation by chance.
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

  /** At this call of an operation the device dies: this and every later call of it fail. */
  public FaultPlan dieAtNth(Operation operation, int n, NbdError error) {
    return add(operation, nth -> nth == n, new Fault(Optional.of(error), true, Optional.empty()));
  }

  /** Holds one call of an operation, counted from 1, until the gate is opened. */
  public HeldCall holdNth(Operation operation, int n) {
    HeldCall gate = new HeldCall();
    add(operation, nth -> nth == n, new Fault(Optional.empty(), false, Optional.of(gate)));
    return gate;
  }

  /** Forgets every rule; devices that died stay dead. */
  public synchronized FaultPlan clear() {
    rules.clear();
    return this;
  }

  /** How many calls of an operation there were, failed ones too. */
  public synchronized long calls(Operation operation) {
    return counts.getOrDefault(operation, 0L);
  }

  private synchronized FaultPlan add(@Nullable Operation operation, Choice choice, Fault fault) {
    rules.add(new Rule(operation, choice, fault));
    return this;
  }

  /** Counts a call and says what befalls it; the first rule that strikes wins. */
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
