import { Button, Group } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { ProblemNotice } from '../pieces/problem-notice.tsx';

interface Properties {
  /** With another one, the page is tried again. */
  readonly of: string;
  readonly children: ReactNode;
}

interface State {
  readonly problem: unknown;
  readonly of: string;
}

/** Keeps a fault of one screen from taking the others with it. */
export class ErrorBoundary extends Component<Properties, State> {
  override state: State = { problem: undefined, of: this.props.of };

  static getDerivedStateFromError(problem: unknown): Partial<State> {
    return { problem };
  }

  static getDerivedStateFromProps({ of }: Properties, state: State): State | null {
    return of === state.of ? null : { of, problem: undefined };
  }

  override render(): ReactNode {
    const { problem } = this.state;
    if (problem === undefined) return this.props.children;
    return (
      <div style={{ padding: '2rem', maxWidth: '46rem' }}>
        <ProblemNotice problem={problem}>
          <Group gap="xs">
            <Button variant="default" onClick={() => this.setState({ problem: undefined })}>
              Try again
            </Button>
            <Button variant="default" onClick={() => window.location.reload()}>
              Load the page again
            </Button>
          </Group>
        </ProblemNotice>
      </div>
    );
  }
}
