import { useLocalIcons } from './components/icon-library.ts';
import './pages/shell/app.ts';

useLocalIcons();
