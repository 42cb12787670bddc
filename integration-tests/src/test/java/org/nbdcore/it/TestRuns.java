package org.nbdcore.it;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs test classes of this module from within another test, for the campaign. */
final class TestRuns {

  private TestRuns() {}

  /** Runs all tests of a class once. */
  static void once(CampaignPhase phase, Class<?> tests) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectClass(tests))
            // A campaign may ask one method for more than the few minutes of a build.
            .configurationParameter("junit.jupiter.execution.timeout.default", "3 h")
            .build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create().execute(request, listener);
    TestExecutionSummary summary = listener.getSummary();
    long ran = summary.getTestsSucceededCount() + summary.getTestsFailedCount();
    phase.ran(ran);
    if (ran == 0) {
      phase.failed(tests.getSimpleName() + ": no test of it ran");
    }
    summary
        .getFailures()
        .forEach(
            failure ->
                phase.failed(
                    tests.getSimpleName()
                        + " "
                        + failure.getTestIdentifier().getDisplayName()
                        + ": "
                        + trace(failure.getException())));
  }

  /** Runs the classes in turns until that time; each at least once. */
  static void until(Instant end, CampaignPhase phase, Class<?>... classes) {
    for (int i = 0; i < classes.length || Instant.now().isBefore(end); i++) {
      once(phase, classes[i % classes.length]);
    }
  }

  private static String trace(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
