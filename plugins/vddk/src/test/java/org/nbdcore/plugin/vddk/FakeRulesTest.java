package org.nbdcore.plugin.vddk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * A C program violates each rule that the fake checks. The fake must report this violation and no
 * other.
 */
class FakeRulesTest {

  /**
   * The calls that violate a rule, the settings of the control file, and the expected FAIL lines.
   */
  record Violation(String steps, String control, List<String> failures) {
    static Violation rule(String steps, String... failures) {
      return new Violation(steps, "", List.of(failures));
    }

    /**
     * Makes the calls of {@code during:} within the first call of {@code name}, which logs a line
     * and fails.
     */
    static Violation within(String name, String steps, String... failures) {
      String fail = "fail." + name;
      return new Violation(
          steps, fail + "=1 " + fail + ".at=1 " + fail + ".log=x", List.of(failures));
    }

    Violation when(String more) {
      return new Violation(steps, more, failures);
    }

    @Override
    public String toString() {
      return steps;
    }
  }

  static final List<Violation> RULES =
      List.of(
          // The order of calls.
          Violation.rule("init init exit", "InitEx called twice"),
          Violation.rule("init exit init exit", "InitEx called again after Exit"),
          Violation.rule("initnull exit", "InitEx with a NULL logger"),
          Violation.rule(
              "connect init disconnect exit",
              "AllocateConnectParams called before InitEx",
              "ConnectEx called before InitEx"),
          Violation.rule(
              "init exit connect",
              "AllocateConnectParams called after Exit",
              "ConnectEx called after Exit"),
          Violation.rule(
              "init connect",
              "the process ended without Exit",
              "leak at process end: 1 of 1 connection never given back",
              "leak at process end: 1 of 1 params never given back"),
          Violation.rule(
              "init connect open forked:read close disconnect exit",
              "Read called in a forked child"),
          // Never two of these at a time.
          Violation.within(
              "Disconnect",
              "init connect during:connect disconnect disconnect exit",
              "ConnectEx called during Disconnect"),
          Violation.within(
              "Close",
              "init connect open during:open close close disconnect exit",
              "Open called during Close"),
          Violation.rule(
              "init connect open during:close open close disconnect exit",
              "Close called during Open"),
          Violation.rule(
              "init connect during:exit open",
              "Exit called during Open",
              "leak at Exit: 1 of 1 connection never given back",
              "leak at Exit: 1 of 1 params never given back"),
          // All of these calls on one thread, and InitEx and Exit on one thread.
          Violation.rule(
              "init connect open thread:close disconnect exit",
              "Close on another thread than ConnectEx"),
          Violation.rule(
              "init connect open close thread:disconnect exit",
              "Disconnect on another thread than ConnectEx"),
          Violation.rule(
              "init connect thread:open close disconnect exit",
              "Open on another thread than ConnectEx"),
          Violation.rule(
              "init connect thread:create disconnect exit",
              "Create on another thread than ConnectEx"),
          Violation.rule(
              "init connect open thread:query close disconnect exit",
              "QueryAllocatedBlocks on another thread than ConnectEx"),
          Violation.rule("init thread:exit", "Exit on another thread than InitEx"),
          // Never two calls at a time on one handle.
          Violation.within(
              "Read",
              "init connect open during:read read close disconnect exit",
              "Read called during Read on handle 1"),
          Violation.within(
              "Write",
              "init connect open during:flush write close disconnect exit",
              "Flush called during Write on handle 1"),
          Violation.within(
              "QueryAllocatedBlocks",
              "init connect open during:readasync query close disconnect exit",
              "ReadAsync called during QueryAllocatedBlocks on handle 1"),
          Violation.within(
              "WriteAsync",
              "init connect open during:info writeasync close disconnect exit",
              "GetInfo called during WriteAsync on handle 1"),
          Violation.within(
              "Wait",
              "init connect open during:read wait close disconnect exit",
              "Read called during Wait on handle 1"),
          Violation.within(
              "GetInfo",
              "init connect open during:write getinfo close disconnect exit",
              "Write called during GetInfo on handle 1"),
          Violation.within(
              "Close",
              "init connect open during:read close disconnect exit",
              "Read called during Close on handle 1"),
          // Objects in use must not be closed.
          Violation.rule(
                  "init connect open readasync close disconnect exit",
                  "Close with 1 calls in flight on handle 1")
              .when("async=wait"),
          Violation.rule(
              "init connect open disconnect exit",
              "Disconnect with 1 handles open",
              "leak at Exit: 1 of 1 handle never given back"),
          // Objects must be released, and only once.
          Violation.rule(
              "init connect open getinfo getlist gettext exit",
              "leak at Exit: 1 of 1 connection never given back",
              "leak at Exit: 1 of 1 handle never given back",
              "leak at Exit: 1 of 1 info never given back",
              "leak at Exit: 1 of 1 params never given back",
              "leak at Exit: 1 of 1 blocklist never given back",
              "leak at Exit: 1 of 1 errortext never given back"),
          Violation.rule(
              "init connect disconnect disconnect exit",
              "FreeConnectParams got a params that is not live",
              "Disconnect got a connection that is not live"),
          Violation.rule(
              "init connect open close close disconnect exit",
              "Close got a handle that is not live"),
          Violation.rule(
              "init connect open getinfo freeinfo freeinfo close disconnect exit",
              "FreeInfo got a info that is not live"),
          Violation.rule(
              "init connect open getlist freelist freelist close disconnect exit",
              "FreeBlockList got a blocklist that is not live"),
          Violation.rule(
              "init gettext freetext freetext exit",
              "FreeErrorText got a errortext that is not live"),
          // Released objects must not be used.
          Violation.rule(
              "init connect open close read readasync flush wait info query disconnect exit",
              "Read got a handle that is not live",
              "ReadAsync got a handle that is not live",
              "Flush got a handle that is not live",
              "Wait got a handle that is not live",
              "GetInfo got a handle that is not live",
              "QueryAllocatedBlocks got a handle that is not live"),
          Violation.rule(
              "init connect disconnect open exit", "Open got a connection that is not live"),
          // Connect parameters are the library's.
          Violation.rule(
              "init ownparams disconnect exit",
              "ConnectEx got a params that is not live",
              "ConnectEx: the state field of the connect parameters was overwritten",
              "FreeConnectParams got a params that is not live"),
          Violation.rule(
              "init reserved disconnect exit",
              "ConnectEx: the reserved field of the connect parameters is not zero"),
          // Buffers stay as they are until the call has ended.
          Violation.rule(
                  "init connect open readasync spoil wait close disconnect exit",
                  "the buffer of ReadAsync 1 was changed or freed before its completion")
              .when("async=wait"),
          Violation.rule(
                  "init connect open readasync unmap wait close disconnect exit",
                  "the buffer of ReadAsync 1 was changed or freed before its completion")
              .when("async=wait"),
          Violation.rule(
                  "init connect open writeasync spoil wait close disconnect exit",
                  "the buffer of WriteAsync 1 was changed or freed before its completion")
              .when("async=wait"),
          Violation.rule(
              "init connect open unmap read close disconnect exit",
              "read into memory that is not there: handle=1 start=0 sectors=8"));

  @TempDir static Path shared;
  private static FakeDriver driver;

  @TempDir Path folder;

  @BeforeAll
  static void compileTheDriver() throws IOException {
    driver = FakeDriver.in(shared);
  }

  @ParameterizedTest
  @FieldSource("RULES")
  void ruleViolationIsReported(Violation violation) throws Exception {
    FakeVddk fake = FakeVddk.in(folder);
    for (String setting : violation.control().split(" ")) {
      if (!setting.isEmpty()) {
        fake.set(setting.split("=")[0], setting.split("=")[1]);
      }
    }

    driver.with(folder.resolve("disk.vmdk")).run(fake, violation.steps().split(" "));

    assertThat(fake.failures())
        .extracting(line -> line.substring("FAIL ".length()).replaceFirst(": 0x\\w+$", ""))
        .containsExactlyElementsOf(violation.failures());
  }

  /** A rule that is added to the fake needs an example here. */
  @Test
  void everyRuleHasAnExampleThatViolatesIt() throws Exception {
    List<String> withoutExample = new ArrayList<>();
    Pattern failureCall = Pattern.compile("trace_failure\\(\"([^\"]+)\"");
    int rules = 0;
    for (String source : Gcc.librarySources()) {
      Matcher rule = failureCall.matcher(Files.readString(Gcc.SOURCES.resolve(source)));
      while (rule.find()) {
        rules++;
        Pattern line = lineOf(rule.group(1));
        if (RULES.stream()
            .flatMap(violation -> violation.failures().stream())
            .noneMatch(failure -> line.matcher(failure).matches())) {
          withoutExample.add(rule.group(1));
        }
      }
    }
    assertThat(withoutExample).isEmpty();
    assertThat(rules).isGreaterThan(15);
  }

  /** A pattern for the output of a C format, without its address. */
  private static Pattern lineOf(String format) {
    StringBuilder regex = new StringBuilder();
    for (String part : format.replace(": %p", "").split("(?<=%s|%d|%u|%llu)|(?=%[sdul])")) {
      regex.append(part.startsWith("%") ? ".+" : Pattern.quote(part));
    }
    return Pattern.compile(regex.toString());
  }
}
